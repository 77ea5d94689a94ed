"""HTTP around the providers: routes, login, validation, headers, faults. Rules about records have no place here."""
