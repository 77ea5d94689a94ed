"""Reports over the org's records: what they are made of, what they answer, and their runs in the background.

A report is its `reportMetadata`. Its report type is an object, its columns are that object's fields and those of the
records that its fields refer to. What a run answers is read by a SOQL query, so it is always true of the records.
Source: specs/reference/rest.md section 12, rest_resources.md section 11.
"""
