"""Every change of state in the case area, one module per aggregate.

A service is keyword-only: `by` the actor, `at` the aware moment. It is atomic; locks the row;
asks permission, then the rules; changes; writes the trail; and leaves what goes out of the
database to `on_commit`. It raises `core.errors.DomainError`.
"""
