"""Draws folded stacks as one self-contained SVG.

``layout`` turns stacks into boxes, ``svg`` boxes into text, ``palette`` names into colours; ``resq_flame.embedded``
carries the whole profile inside the picture and reads it back. The files of ``view/``, and ``view.css``, go into every
SVG as they are (``script``). ``formats`` has the table of what else can be written.
"""
