//! Reading a tracker, for the engine.

use async_trait::async_trait;
use firewatch_domain::ports::Tracker;
use firewatch_domain::tracker::{Discovery, Issue, Person, Sight, TrackerFault, Way};
use reqwest::Method;

use crate::answer::readable;
use crate::jira::Jira;

/// People shown at once.
const MOST_PEOPLE: &str = "20";

#[async_trait]
impl Tracker for Jira {
    async fn me(&self) -> Result<Person, TrackerFault> {
        self.whoami().await
    }

    async fn discover(&self, project: &str, issue_type: &str) -> Result<Discovery, TrackerFault> {
        self.look_around(project, issue_type).await
    }

    async fn read(&self, wanted: &[String]) -> Result<Vec<Issue>, TrackerFault> {
        self.fetch(wanted).await
    }

    async fn look(&self, address: &str, project: &str) -> Result<Sight, TrackerFault> {
        if let Some(issue) = self.one(address).await? {
            return Ok(Sight::There(Box::new(issue)));
        }
        // A 404 is the same for deleted and for hidden: whether the project can be seen tells which is likelier.
        if project.is_empty() {
            return Ok(Sight::Gone);
        }
        let answer = self.ask(Method::GET, &format!("/project/{}", crate::jira::part(project)), &[], None).await?;
        if matches!(answer.status, 403 | 404) && !answer.is_page() {
            return Ok(Sight::Forbidden);
        }
        readable(&answer, &self.place)?;
        Ok(Sight::Gone)
    }

    async fn ways(&self, address: &str) -> Result<Vec<Way>, TrackerFault> {
        self.transitions(address).await
    }

    async fn people(&self, query: &str) -> Result<Vec<Person>, TrackerFault> {
        let name = if self.cloud() { "query" } else { "username" };
        let asked = [(name, query.to_owned()), ("maxResults", MOST_PEOPLE.to_owned())];
        let list = self.get("/user/search", &asked).await?;
        Ok(list.as_array().into_iter().flatten().filter_map(|user| self.person(user)).collect())
    }
}
