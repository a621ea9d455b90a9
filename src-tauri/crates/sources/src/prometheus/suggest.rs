pub(super) async fn proposals(_e: &crate::exchange::Exchange, _n: chrono::DateTime<chrono::Utc>) -> Result<Vec<firewatch_domain::ports::Proposal>, firewatch_domain::fault::Fault> { Ok(Vec::new()) }
