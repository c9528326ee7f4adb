"""The same list and create as a plain Django REST framework project would have them, to compare with."""
