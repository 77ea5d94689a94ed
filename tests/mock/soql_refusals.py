"""Queries that are refused, by errorCode: each with what its message ends with. Rows: soql.md sections 1, 2 and 5."""

from __future__ import annotations

ADVICE = "Please reference your WSDL or the describe call for the appropriate names."
NO_COLUMN = (
    "No such column '{}' on entity '{}'. If you are attempting to use a custom field, be sure to append the '__c' "
    f"after the custom field name. {ADVICE}"
)
NO_RELATIONSHIP = (
    "Didn't understand relationship '{}' in {}. If you are attempting to use a custom relationship, be sure to append "
    f"the '__r' after the custom relationship name. {ADVICE}"
)
NO_SOBJECT = (
    "sObject type '{}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' "
    f"after the entity name. {ADVICE}"
)

QUOTED = "value of filter criterion for field '{}' must be of type {} and should not be enclosed in quotes"
REFUSED = {
    "INVALID_FIELD": {
        "#5 unknown field of a parent": ("SELECT Account.Foo FROM Contact", NO_COLUMN.format("Foo", "Account")),
        "#5 unknown field in WHERE": ("SELECT Id FROM Account WHERE Foo = 1", NO_COLUMN.format("Foo", "Account")),
        "#5 unknown field in ORDER BY": ("SELECT Id FROM Account ORDER BY Foo", NO_COLUMN.format("Foo", "Account")),
        "#5 an alias isn't a field": (
            "SELECT COUNT(Id) c FROM Account GROUP BY Name HAVING c > 1",
            NO_COLUMN.format("c", "Account"),
        ),
        "#5 unknown relationship": ("SELECT Foo.Name FROM Account", NO_RELATIONSHIP.format("Foo", "field path")),
        "#5 a field isn't a relationship": (
            "SELECT Name.Name FROM Account",
            NO_RELATIONSHIP.format("Name", "field path"),
        ),
        "#1 six levels up": (
            "SELECT Id FROM Gadget__c WHERE " + "Part_Of__r." * 6 + "Name = 'x'",
            "more than 5 relationships up",
        ),
        "#5 long text in WHERE": (
            "SELECT Id FROM Account WHERE Description = 'x'",
            "field 'Description' can not be filtered in a query call",
        ),
        "#5 encrypted text in WHERE": (
            "SELECT Id FROM Gadget__c WHERE Secret__c = 'x'",
            "field 'Secret__c' can not be filtered in a query call",
        ),
        "#5 address in WHERE": (
            "SELECT Id FROM Account WHERE BillingAddress = 'x'",
            "field 'BillingAddress' can not be filtered in a query call",
        ),
        "#1 long text in ORDER BY": (
            "SELECT Id FROM Account ORDER BY Description",
            "field 'Description' can not be sorted in a query call",
        ),
        "#1 multi-select picklist in ORDER BY": (
            "SELECT Id FROM Gadget__c ORDER BY Colors__c",
            "field 'Colors__c' can not be sorted in a query call",
        ),
        "#1 date-time in GROUP BY": (
            "SELECT CreatedDate, COUNT(Id) FROM Account GROUP BY CreatedDate",
            "field 'CreatedDate' can not be grouped in a query call",
        ),
        "#5 quoted date-time": (
            "SELECT Id FROM Account WHERE CreatedDate > '2020-01-01T00:00:00Z'",
            QUOTED.format("CreatedDate", "dateTime"),
        ),
        "#5 quoted date": (
            "SELECT Id FROM Opportunity WHERE CloseDate = '2020-01-01'",
            QUOTED.format("CloseDate", "date"),
        ),
        "#5 date for a date-time": (
            "SELECT Id FROM Account WHERE CreatedDate > 2020-01-01",
            "field 'CreatedDate' must be of type dateTime and",
        ),
        "#5 date-time for a date": (
            "SELECT Id FROM Opportunity WHERE CloseDate > 2020-01-01T00:00:00Z",
            "field 'CloseDate' must be of type date and",
        ),
        "#2 text for a number": (
            "SELECT Id FROM Account WHERE AnnualRevenue > '1'",
            "field 'AnnualRevenue' must be of type double and should not be enclosed in quotes",
        ),
        "#2 fraction for an int": (
            "SELECT Id FROM Account WHERE NumberOfEmployees = 1.5",
            "field 'NumberOfEmployees' must be of type int and should not be",
        ),
        "#2 number for a text": (
            "SELECT Id FROM Account WHERE Name = 5",
            "field 'Name' must be of type string and should be enclosed in quotes",
        ),
        "#2 text for a boolean": (
            "SELECT Id FROM Account WHERE IsDeleted = 'true'",
            "field 'IsDeleted' must be of type boolean and should not be enclosed in quotes",
        ),
        "#2 date literal for a text": ("SELECT Id FROM Account WHERE Name = TODAY", "must be of type string"),
        "#2 the type counts in lists": ("SELECT Id FROM Account WHERE Name IN ('a', 5)", "must be of type string"),
        "#5 duplicate": ("SELECT Id, Id FROM Account", "duplicate field selected: Id"),
        "#5 duplicate in another case": ("SELECT Name, NAME FROM Account", "duplicate field selected: Name"),
        "#5 duplicate of a parent": (
            "SELECT Account.Name, account.NAME FROM Contact",
            "duplicate field selected: Account.Name",
        ),
        "#5 duplicate by FIELDS": ("SELECT Id, FIELDS(ALL) FROM Account LIMIT 1", "duplicate field selected: Id"),
        "#1 HOUR_IN_DAY of a date": (
            "SELECT Id FROM Opportunity WHERE HOUR_IN_DAY(CloseDate) = 1",
            "field CloseDate does not support date function HOUR_IN_DAY",
        ),
        "#1 date function of a text": (
            "SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(Name) = 1",
            "field Name does not support date function CALENDAR_YEAR",
        ),
    },
    "INVALID_TYPE": {
        "#5 unknown object": ("SELECT Id FROM Foo__c", NO_SOBJECT.format("Foo__c")),
        "#5 unknown child relationship": (
            "SELECT Id, (SELECT Id FROM Foos) FROM Account",
            NO_RELATIONSHIP.format("Foos", "FROM part of query call"),
        ),
        "#2 unknown object of a semi-join": (
            "SELECT Id FROM Account WHERE Id IN (SELECT X FROM Foo)",
            NO_SOBJECT.format("Foo"),
        ),
        "#1 TYPEOF with an object that can't be": (
            "SELECT TYPEOF What WHEN Contact THEN Name END FROM Task",
            NO_SOBJECT.format("Contact"),
        ),
    },
    "INVALID_QUERY_FILTER_OPERATOR": {
        "#5 no Id": ("SELECT Id FROM Account WHERE Id = 'abc'", "invalid ID field: abc"),
        "#5 no Id for a reference": ("SELECT Id FROM Contact WHERE AccountId IN ('001x')", "invalid ID field: 001x"),
        "#5 LIKE on an Id": ("SELECT Id FROM Account WHERE Id LIKE '001%'", "invalid operator on id field"),
        "#2 LIKE on a number": (
            "SELECT Id FROM Account WHERE NumberOfEmployees LIKE '1%'",
            "invalid operator on integer",
        ),
        "#2 < on a boolean": ("SELECT Id FROM Account WHERE IsDeleted < TRUE", "invalid operator on boolean field"),
        "#2 < on a multi-select picklist": (
            "SELECT Id FROM Gadget__c WHERE Colors__c > 'Red'",
            "invalid operator on multipicklist field",
        ),
        "#2 INCLUDES on a text": ("SELECT Id FROM Account WHERE Name INCLUDES ('a')", "invalid operator on text field"),
    },
    "MALFORMED_QUERY": {
        "#5 LIKE NULL": ("SELECT Id FROM Account WHERE Name LIKE NULL", "unexpected token: 'NULL'"),
        "#5 bad datetime": (
            "SELECT Id FROM Account WHERE CreatedDate > 2020-52-12t12:12:00-05:00",
            "Invalid datetime: 2020-52-12t12:12:00-05:00",
        ),
        "#2 datetime with an unescaped +": (
            "SELECT Id FROM Account WHERE CreatedDate > 2020-02-12T12:12:00 05:00",
            "unexpected token: '05:00'",
        ),
        "#2 datetime without zone": (
            "SELECT Id FROM Account WHERE CreatedDate > 2020-02-12T12:12:00",
            "Invalid datetime",
        ),
        "#2 bad date": ("SELECT Id FROM Opportunity WHERE CloseDate > 2020-02-30", "Invalid date: 2020-02-30"),
        "#2 before 1700": ("SELECT Id FROM Opportunity WHERE CloseDate > 1699-12-31", "Invalid date: 1699-12-31"),
        "#2 after 4000": ("SELECT Id FROM Account WHERE CreatedDate < 4001-01-01T00:00:00Z", "Invalid datetime"),
        "#2 other backslash": (r"SELECT Id FROM Account WHERE Name = 'a\d'", r"Illegal character sequence '\d'"),
        "#2 LIKE's escapes outside of LIKE": (r"SELECT Id FROM Account WHERE Name = 'a\%'", r"sequence '\%'"),
        "#5 alias without aggregate": ("SELECT Name n FROM Account", "only aggregate expressions use field aliasing"),
        "#5 missing comma": ("SELECT Id Name FROM Account", "only aggregate expressions use field aliasing"),
        "#5 aggregate in a subquery": (
            "SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account",
            "only root queries support aggregate expressions",
        ),
        "#5 COUNT() in a subquery": (
            "SELECT Id, (SELECT COUNT() FROM Contacts) FROM Account",
            "only root queries support aggregate expressions",
        ),
        "#5 neither grouped nor aggregated": (
            "SELECT Name, COUNT(Id) FROM Account",
            "Field must be grouped or aggregated: Name",
        ),
        "#1 ORDER BY of what isn't grouped": (
            "SELECT Name, COUNT(Id) FROM Account GROUP BY Name ORDER BY Type",
            "Field must be grouped or aggregated: Type",
        ),
        "#1 HAVING of what isn't grouped": (
            "SELECT Name FROM Account GROUP BY Name HAVING Type = 'x'",
            "Field must be grouped or aggregated: Type",
        ),
        "#1 SUM of a text": ("SELECT SUM(Name) FROM Account", "field Name does not support aggregate operator SUM"),
        "#1 MAX of a boolean": (
            "SELECT MAX(IsDeleted) FROM Account",
            "field IsDeleted does not support aggregate operator",
        ),
        "#1 aggregate in WHERE": ("SELECT Id FROM Account WHERE COUNT(Id) > 1", "unexpected token: 'COUNT'"),
        "#1 COUNT() is alone": ("SELECT COUNT(), Id FROM Account", "unexpected token: ','"),
        "#1 COUNT() isn't ordered": ("SELECT COUNT() FROM Account ORDER BY Name", "unexpected token: 'ORDER'"),
        "#1 duplicate alias": ("SELECT COUNT(Id) a, MAX(Name) A FROM Account", "duplicate alias: A"),
        "#1 unknown function": ("SELECT FOO(Id) FROM Account", "unexpected token: 'FOO'"),
        "#1 GROUPING without ROLLUP": (
            "SELECT Name, GROUPING(Name) FROM Account GROUP BY Name",
            "must be grouped by rollup or cube",
        ),
        "#1 ROLLUP of four": (
            "SELECT Name FROM Account GROUP BY ROLLUP(Name, Type, Rating, Site)",
            "can't have more than 3 fields",
        ),
        "#5 FIELDS(ALL) without LIMIT": (
            "SELECT FIELDS(ALL) FROM Account",
            "The SOQL FIELDS function must have a LIMIT of at most 200",
        ),
        "#1 FIELDS(CUSTOM) with LIMIT 201": (
            "SELECT FIELDS(CUSTOM) FROM Account LIMIT 201",
            "The SOQL FIELDS function must have a LIMIT of at most 200",
        ),
        "#1 FIELDS(ALL) in a subquery": (
            "SELECT Id, (SELECT FIELDS(ALL) FROM Contacts) FROM Account",
            "The SOQL FIELDS function must have a LIMIT of at most 200",
        ),
        "#1 FIELDS of something else": ("SELECT FIELDS(SOME) FROM Account", "unexpected token: 'SOME'"),
        "#1 LIMIT with aggregates of everything": (
            "SELECT MAX(Name) FROM Account LIMIT 1",
            "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
        ),
        "#2 semi-join of the same object": (
            "SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account)",
            "The inner and outer selects should not be on the same object type",
        ),
        "#2 semi-join of a text": (
            "SELECT Id FROM Account WHERE Id IN (SELECT LastName FROM Contact)",
            "semi join sub-selects can only query id fields, cannot use: 'LastName'",
        ),
        "#2 semi-join of two fields": (
            "SELECT Id FROM Account WHERE Id IN (SELECT Id, AccountId FROM Contact)",
            "unexpected token: ','",
        ),
        "#2 semi-join under OR": (
            "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
            "Semi join sub-selects are not allowed with the 'OR' operator",
        ),
        "#2 semi-join under NOT": (
            "SELECT Id FROM Account WHERE NOT Id IN (SELECT AccountId FROM Contact)",
            "Semi join sub-selects are not allowed with the 'NOT' operator",
        ),
        "#2 nested semi-join": (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT WhoId FROM Task))",
            "Nesting of semi join sub-selects is not supported",
        ),
        "#2 semi-join with LIMIT": (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 1)",
            "unexpected token: 'LIMIT'",
        ),
        "#2 semi-join with ORDER BY": (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact ORDER BY Id)",
            "unexpected token: 'ORDER'",
        ),
        "#2 relationship path on the left": (
            "SELECT Id FROM Contact WHERE Account.OwnerId IN (SELECT Id FROM User)",
            "The left operand 'Account.OwnerId' cannot have more than one level of relationships",
        ),
        "#1 OFFSET in a subquery": (
            "SELECT Id, (SELECT Id FROM Contacts OFFSET 1) FROM Account",
            "OFFSET in a subquery needs LIMIT 1 in the parent query",
        ),
        "#1 subqueries six levels deep": (
            f"SELECT {'Id, (SELECT ' * 5}Id{' FROM Parts__r)' * 5} FROM Gadget__c",
            "nested too deep",
        ),
        "#1 WITH DATA CATEGORY in an org without": (
            "SELECT Id FROM Account WITH DATA CATEGORY Geo__c AT usa__c",
            "data categories",
        ),
    },
    "NUMBER_OUTSIDE_VALID_RANGE": {
        "#5 OFFSET over 2000": ("SELECT Id FROM Account OFFSET 2001", "Maximum SOQL offset allowed is 2000"),
    },
    "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS": {
        "#5 three semi-joins": (
            f"SELECT Id FROM Account WHERE {' AND '.join(['Id IN (SELECT AccountId FROM Contact)'] * 3)}",
            "maximum 2 semi join sub-selects are allowed",
        ),
    },
}
