"""The business day: a feed taken in, the book aged, scores, candidates, the law's word, the plan and its work files.

In come a workspace, a feed folder and a date; out go the day's tables, each step published whole with a manifest, so that a
killed run resumes, a repeated run changes nothing, and any past decision can be explained and replayed. It sends nothing.
"""
