"""How frames are named: the parts that several formats share."""
