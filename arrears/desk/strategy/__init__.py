"""What decides the days to come, changed by two people: candidates of the playbook and of the bank's own policy.

A file comes in, is read and checked by the room whose it is, and is kept under its hash; once a second person has approved
it, it is put where the next day's run reads it, and what was there is kept too. It never changes a day that has run.
"""
