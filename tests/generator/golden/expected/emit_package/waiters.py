WAITERS: Mapping[str, Waiter] = MappingProxyType(
    {
        "thing": Waiter(
            name="thing",
            operation="getThing",
            id_param="thing_id",
            state_field="state",
            reason_field="",
            abort_operation="",
            success=frozenset(["JobComplete"]),
            failure=frozenset(["Failed"]),
            aborted=frozenset([]),
            pending=frozenset(["Open"]),
            abort_body=MappingProxyType({}),
            first_delay_s=0.2,
            max_delay_s=30.0,
            factor=1.6,
        ),
    }
)
