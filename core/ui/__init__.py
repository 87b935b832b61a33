"""The components of the page, as template tags: words and markup only, no queries.

One module for each kind of component; `{% load ui %}` brings them all. Each tag has its template in
templates/components/, and templates/core/styleguide.html shows them.
"""
