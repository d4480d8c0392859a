"""What ``resq-flame demo`` profiles: ``service.py``, a program by itself, whose time goes where its text says.

In a folder of its own: a script's folder is the first place where Python looks for modules, and none may hide another.
"""
