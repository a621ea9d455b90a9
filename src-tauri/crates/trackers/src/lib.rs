//! Jira Cloud and Data Center: tickets as couriers and readers.
