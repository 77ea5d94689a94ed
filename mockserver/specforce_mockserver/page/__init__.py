"""`/__mock/`: an org for people to look at, in a browser: records, jobs, requests; faults and time to set.

Plain HTML from the server, a few kilobytes a page, with one small script that brings jobs up to date where scripts are
allowed. Nothing comes from the network, and what an org holds is text here, never markup.
"""

from specforce_mockserver.page.door import Page

__all__ = ["Page"]
