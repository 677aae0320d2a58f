"""Use cases, one module per area. Each takes the session, the acting person, plain values and the clock; checks
permission; changes models; writes the audit row, jobs and mails; raises a DomainError to refuse; never commits."""
