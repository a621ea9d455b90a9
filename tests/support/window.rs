//! The real window, driven as a person would: `WebKitWebDriver` starts the program as its browser, and a small client of the W3C
//! protocol finds, clicks, types and reads. tauri-driver would do the same with one process more.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::process::Process;
use crate::session::Session;
use crate::{Result, wait};

mod base64;
mod keys;

pub use keys::Key;

/// The program this needs, beside those of a session.
pub const PROGRAMS: [&str; 1] = ["WebKitWebDriver"];

/// The name under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long an element may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// `WebKitWebDriver`, waiting for a session; dropping it ends it and the window it opened.
#[derive(Debug)]
pub struct Driver {
    process: Process,
    url: String,
    http: reqwest::Client,
}

/// A window under control.
#[derive(Debug)]
pub struct Window {
    driver: Driver,
    session: String,
}

/// Something on the page; it goes stale when the page replaces it.
#[derive(Debug, Clone)]
pub struct Element(String);

impl Driver {
    /// Starts the driver in `session` and waits until it answers.
    pub async fn start(session: &Session) -> Result<Self> {
        Self::start_with(session, &[]).await
    }

    /// The same with variables that go before those of the session; the program inherits them.
    pub async fn start_with(session: &Session, env: &[(&str, &str)]) -> Result<Self> {
        let port = wait::free_port()?;
        let mut command = session.command(PROGRAMS[0]);
        // Tauri lets itself be driven only when told so.
        command.args([format!("--port={port}"), "--host=127.0.0.1".to_owned()]).env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.envs(env.iter().copied());
        let process = Process::start(&format!("webdriver-{port}"), command, session.folder())?;
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(2)).build().context("build a client")?;
        let mut driver = Self { process, url: format!("http://127.0.0.1:{port}"), http };
        let Self { process, http, url } = &mut driver;
        let status = format!("{url}/status");
        process
            .until("WebKitWebDriver", wait::PATIENCE, async || {
                let Ok(answer) = http.get(&status).send().await else { return Ok(None) };
                Ok((answer.json::<Value>().await?["value"]["ready"] == true).then_some(()))
            })
            .await?;
        Ok(driver)
    }

    /// Opens `program` with `args` as the window.
    pub async fn open(self, program: &Path, args: &[&str]) -> Result<Window> {
        let options = json!({ "binary": program, "args": args });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let opened = self.call(Method::POST, "/session", Some(wanted)).await;
        let opened = opened.with_context(|| format!("open {}; its words: {}", program.display(), self.process.output()))?;
        let session = opened["sessionId"].as_str().context("the driver names no session")?.to_owned();
        Ok(Window { driver: self, session })
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.with_context(|| format!("call {path}"))?;
        let ok = answer.status().is_success();
        let mut answer: Value = answer.json().await.with_context(|| format!("read the answer to {path}"))?;
        ensure!(ok, "{}: {}", answer["value"]["error"].as_str().unwrap_or("error"), answer["value"]["message"].as_str().unwrap_or(""));
        Ok(answer["value"].take())
    }
}

impl Window {
    /// Starts a driver in `session` and opens `program` with `args`.
    pub async fn open(session: &Session, program: &Path, args: &[&str]) -> Result<Self> {
        Driver::start(session).await?.open(program, args).await
    }

    /// The driver's process; the program is a child of it and writes to the same log.
    pub fn process(&mut self) -> &mut Process {
        &mut self.driver.process
    }

    /// Goes to an address (a page of the bench's own; the program goes where it wants).
    pub async fn go(&self, url: &str) -> Result {
        self.post("/url", json!({ "url": url })).await.map(drop)
    }

    /// The address of the page.
    pub async fn url(&self) -> Result<String> {
        text(&self.get("/url").await?)
    }

    /// The title of the page.
    pub async fn title(&self) -> Result<String> {
        text(&self.get("/title").await?)
    }

    /// Waits until an element matches the CSS selector.
    pub async fn find(&self, css: &str) -> Result<Element> {
        wait::until(css, PATIENCE, async || Ok(self.find_all(css).await?.into_iter().next())).await
    }

    /// Waits until nothing matches the CSS selector any more.
    pub async fn gone(&self, css: &str) -> Result {
        wait::until(format!("{css} to go"), PATIENCE, async || Ok(self.find_all(css).await?.is_empty().then_some(()))).await
    }

    /// Waits until an element that matches the CSS selector shows a text with `part` in it.
    pub async fn find_text(&self, css: &str, part: &str) -> Result<Element> {
        let found = wait::until(format!("{css} with {part:?}"), PATIENCE, async || {
            for element in self.find_all(css).await? {
                // It may go stale between the two questions.
                if self.text(&element).await.is_ok_and(|text| text.contains(part)) {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        });
        match found.await {
            Ok(element) => Ok(element),
            Err(error) => Err(error.context(format!("the page says: {}", self.page_text().await.unwrap_or_default()))),
        }
    }

    /// All elements that match now.
    pub async fn find_all(&self, css: &str) -> Result<Vec<Element>> {
        let found = self.post("/elements", json!({ "using": "css selector", "value": css })).await?;
        found.as_array().context("no list of elements")?.iter().map(|one| text(&one[ELEMENT]).map(Element)).collect()
    }

    /// Clicks on an element.
    pub async fn click(&self, element: &Element) -> Result {
        self.post(&format!("/element/{}/click", element.0), json!({})).await.map(drop)
    }

    /// Waits for an element and clicks on it.
    pub async fn click_on(&self, css: &str) -> Result {
        self.click(&self.find(css).await?).await
    }

    /// The text of an element as it is rendered.
    pub async fn text(&self, element: &Element) -> Result<String> {
        text(&self.get(&format!("/element/{}/text", element.0)).await?)
    }

    /// All text on the page.
    pub async fn page_text(&self) -> Result<String> {
        text(&self.execute("return document.body.innerText", &[]).await?)
    }

    /// An attribute of an element.
    pub async fn attribute(&self, element: &Element, name: &str) -> Result<Option<String>> {
        Ok(self.get(&format!("/element/{}/attribute/{name}", element.0)).await?.as_str().map(str::to_owned))
    }

    /// Types into an element.
    pub async fn write(&self, element: &Element, words: &str) -> Result {
        self.post(&format!("/element/{}/value", element.0), json!({ "text": words })).await.map(drop)
    }

    /// Empties a field.
    pub async fn clear(&self, element: &Element) -> Result {
        self.post(&format!("/element/{}/clear", element.0), json!({})).await.map(drop)
    }

    /// Presses keys together, wherever the page has its focus: `[Key::Control, Key::Char('k')]`.
    pub async fn press(&self, chord: &[Key]) -> Result {
        let down = chord.iter().map(|key| json!({ "type": "keyDown", "value": key.value() }));
        let up = chord.iter().rev().map(|key| json!({ "type": "keyUp", "value": key.value() }));
        let actions: Vec<Value> = down.chain(up).collect();
        self.post("/actions", json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] })).await.map(drop)
    }

    /// Types a text wherever the page has its focus, key by key.
    pub async fn type_text(&self, words: &str) -> Result {
        let strokes = words.chars().flat_map(|letter| [("keyDown", letter), ("keyUp", letter)]);
        let actions: Vec<Value> = strokes.map(|(kind, letter)| json!({ "type": kind, "value": letter })).collect();
        self.post("/actions", json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] })).await.map(drop)
    }

    /// Makes the window that many pixels wide and high.
    pub async fn resize(&self, width: u32, height: u32) -> Result {
        self.post("/window/rect", json!({ "width": width, "height": height })).await?;
        wait::until(format!("{width} × {height}"), PATIENCE, async || {
            let is = self.execute("return [innerWidth, innerHeight]", &[]).await?;
            Ok((is == json!([width, height])).then_some(()))
        })
        .await
    }

    /// Runs the body of a function that answers by calling its last argument.
    pub async fn execute_async(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/async", json!({ "script": script, "args": arguments })).await
    }

    /// Runs the body of a function in the page; `arguments` are its `arguments`.
    pub async fn execute(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/sync", json!({ "script": script, "args": arguments })).await
    }

    /// Writes a picture of the page, without the desktop around it.
    pub async fn screenshot(&self, path: &Path) -> Result {
        let picture = base64::decode(&text(&self.get("/screenshot").await?)?)?;
        std::fs::write(path, picture).with_context(|| format!("write {}", path.display()))
    }

    /// Closes the window and the program.
    pub async fn close(self) -> Result {
        self.driver.call(Method::DELETE, &format!("/session/{}", self.session), None).await.map(drop)
    }

    async fn get(&self, path: &str) -> Result<Value> {
        self.driver.call(Method::GET, &format!("/session/{}{path}", self.session), None).await
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.driver.call(Method::POST, &format!("/session/{}{path}", self.session), Some(body)).await
    }
}

fn text(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => bail!("no text: {other}"),
    }
}
