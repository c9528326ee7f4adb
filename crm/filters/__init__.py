"""One filter grammar for tables, saved views, POST .../search and whatever else chooses records.

``grammar``  what a filter is, as JSON: typed, bounded in size and depth
``fields``   what can be filtered by: kinds of fields and their operators
``dates``    relative dates as ranges
``compile``  a filter as a Q over the ORM, so that the reactive engine sees what it reads
``catalogs`` the fields of each kind of record, as far as the role shows them
``sorting``  keyset pages over any sort
"""
