"""What happens by itself: a trigger, conditions and steps, made in the builder and run as durable workflows.

``definition``  what an automation is, as typed JSON
``listening``   which tenants listen to the change log at all (public)
``scanning``    from changes in the log to runs, each change once
``beginning``   one run for one record, and the guard against loops
``workflows``   the interpreter: a definition's steps as durable steps
``facts``       what steps know about a record, and texts with its fields in them
``doing``       the mutations that steps call
"""
