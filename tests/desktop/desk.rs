//! A desk with the real window on it: what every window test starts from. The window is driven by keys alone, and read through the page.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::window::{self, Driver, Key, Window};
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};

/// The class of the program's windows.
pub const CLASS: &str = "firewatch";
/// How long a page may take to show what it was asked for.
pub const SOON: Duration = Duration::from_secs(30);
/// More Tabs than any page needs.
const MOST_TABS: usize = 200;

/// The window's program, if everything a test needs is here; else the test is skipped, visibly.
pub fn program(test: &str, furniture: Furniture, more: &[&str]) -> Result<Option<PathBuf>> {
    if !parts::present(test, &[&furniture.programs()[..], &window::PROGRAMS, more].concat())? {
        return Ok(None);
    }
    let program = parts::firewatch();
    if program.is_none() || parts::firewatchctl().is_none() {
        parts::absent(test, "target/debug/firewatch or firewatchctl (cargo build --workspace)")?;
        return Ok(None);
    }
    Ok(program)
}

/// A session with the window in it.
pub struct Desk {
    /// The window; it goes before the session does.
    pub window: Window,
    /// The desktop around it.
    pub session: Session,
}

/// One SLO of the Watch list, as it can be read there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The word of its state.
    pub state: String,
    /// Its name.
    pub title: String,
    /// The share of the budget that is left.
    pub left: String,
}

impl Desk {
    /// A session with `furniture`, and the window on a fresh profile, 1280 by 800.
    pub async fn open(program: &Path, furniture: Furniture) -> Result<Self> {
        Self::open_in(Session::start(furniture).await?, program, &[], &[]).await
    }

    /// The window on the session's profile, with variables of its own and further arguments.
    pub async fn open_in(session: Session, program: &Path, env: &[(&str, &str)], more: &[&str]) -> Result<Self> {
        let profile = profile_of(&session);
        let args = [&["--data", profile.to_str().context("the profile's path is no text")?], more].concat();
        let window = Driver::start_with(&session, env).await?.open(program, &args).await?;
        window.find("#app nav").await?;
        window.resize(1280, 800).await?;
        Ok(Self { window, session })
    }

    /// The folder of the profile.
    pub fn profile(&self) -> PathBuf {
        profile_of(&self.session)
    }

    /// The command line on the same profile.
    pub fn cli(&self) -> Result<Cli> {
        Cli::new(&self.session, &self.profile())
    }

    /// Presses keys one after the other.
    pub async fn press(&self, keys: &[Key]) -> Result {
        for key in keys {
            self.window.press(&[*key]).await?;
        }
        Ok(())
    }

    /// Tab by Tab to an element that matches and is called by words that begin like these.
    pub async fn tab_to(&self, css: &str, words: &str) -> Result {
        self.tab(&[Key::Tab], css, words).await
    }

    /// The same the other way round.
    pub async fn tab_back_to(&self, css: &str, words: &str) -> Result {
        self.tab(&[Key::Shift, Key::Tab], css, words).await
    }

    async fn tab(&self, chord: &[Key], css: &str, words: &str) -> Result {
        for _ in 0..MOST_TABS {
            self.window.press(chord).await?;
            if self.at(css, words).await? {
                return Ok(());
            }
        }
        anyhow::bail!("no Tab leads to {css} {words:?}; the page says: {}", self.window.page_text().await?)
    }

    /// Whether the focus is on an element that matches and is called by words that begin like these.
    pub async fn at(&self, css: &str, words: &str) -> Result<bool> {
        let script = "const { activeElement: at } = document;
            const name = at?.getAttribute('aria-label') ?? at?.labels?.[0]?.textContent ?? at?.textContent ?? '';
            return !!at?.matches(arguments[0]) && name.replace(/\\s+/g, ' ').trim().startsWith(arguments[1])";
        Ok(self.window.execute(script, &[json!(css), json!(words)]).await? == json!(true))
    }

    /// Does what the palette calls by these words; no dialog is left.
    pub async fn palette(&self, words: &str) -> Result {
        self.choose(words).await?;
        self.window.gone("[role=dialog]").await
    }

    /// Chooses what the palette calls by these words, which may open a dialog of its own.
    pub async fn choose(&self, words: &str) -> Result {
        self.window.press(&[Key::Control, Key::Char('k')]).await?;
        self.window.find("[data-command-input]:focus").await?;
        self.window.type_text(words).await?;
        let chosen = words.to_lowercase();
        self.until(&format!("the palette to offer {words}"), async || {
            let offered = self.text_of("[data-command-item][data-selected]").await?.unwrap_or_default().to_lowercase();
            Ok(offered.contains(&chosen).then_some(()))
        })
        .await?;
        self.press(&[Key::Enter]).await?;
        self.window.gone("[data-command-input]").await
    }

    /// Goes to a page by its address, as a link would.
    pub async fn go(&self, route: &str) -> Result {
        self.window.execute("location.hash = arguments[0]", &[json!(route)]).await?;
        self.settled().await
    }

    /// Waits until the page has read what it shows.
    pub async fn settled(&self) -> Result {
        self.until("the page to settle", async || {
            let script = "return !document.querySelector('[role=status].lone') && document.querySelector('main')?.innerText.length > 0";
            Ok((self.window.execute(script, &[]).await? == json!(true)).then_some(()))
        })
        .await
    }

    /// The rendered text of the first element that matches.
    pub async fn text_of(&self, css: &str) -> Result<Option<String>> {
        let text = self.window.execute("return document.querySelector(arguments[0])?.innerText ?? null", &[json!(css)]).await?;
        Ok(text.as_str().map(str::to_owned))
    }

    /// Waits until an element that matches shows a text with `part` in it.
    pub async fn says(&self, css: &str, part: &str) -> Result {
        // What the protocol calls an element's text leaves out much of a virtual list.
        let script = "return [...document.querySelectorAll(arguments[0])].some((node) => node.innerText.includes(arguments[1]))";
        self.until(&format!("{css} with {part:?}"), async || {
            Ok((self.window.execute(script, &[json!(css), json!(part)]).await? == json!(true)).then_some(()))
        })
        .await
    }

    /// The list, worst first, as far as it is on the screen.
    pub async fn rows(&self) -> Result<Vec<Row>> {
        let script = "const text = (row, css) => (row.querySelector(css)?.innerText ?? '').trim();
            return [...document.querySelectorAll('[role=grid] .row:not(.group)')]
                .map((row) => [row.querySelector('.state .word')?.textContent, text(row, '.title bdi'), text(row, '.left')])";
        let rows = self.window.execute(script, &[]).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let read = |row: &Value| Row { state: text(&row[0]), title: text(&row[1]), left: text(&row[2]) };
        Ok(rows.as_array().context("no list")?.iter().map(read).collect())
    }

    /// Waits until the SLO of that title, the worst of them, is in that state.
    pub async fn becomes(&self, title: &str, state: &str, limit: Duration) -> Result<Row> {
        let waited = wait::until(format!("{title} to be {state}"), limit, async || {
            Ok(self.rows().await?.into_iter().find(|row| row.title == title).filter(|row| row.state == state))
        });
        let waited = waited.await;
        if waited.is_ok() { waited } else { waited.context(format!("the list: {:#?}", self.rows().await)) }
    }

    /// The program's item in the tray.
    pub async fn tray(&self) -> Result<String> {
        self.until("the icon in the tray", async || Ok(self.session.tray_items().await.unwrap_or_default().into_iter().next())).await
    }

    /// Waits until the item in the tray wears that face, by the picture itself.
    pub async fn tray_wears(&self, face: &str) -> Result {
        let wanted = face_pixels(&self.session, face).await?;
        let item = self.tray().await?;
        self.until(&format!("the {face} face in the tray"), async || {
            let pictures = self.session.tray_pictures(&item).await?;
            Ok(pictures.iter().any(|(width, _, pixels)| *width == 24 && *pixels == wanted).then_some(()))
        })
        .await
    }

    /// Light or dark, by the person's setting.
    pub async fn theme(&self, theme: &str) -> Result {
        self.palette(&format!("theme: {theme}")).await?;
        self.window.find(&format!(":root[data-theme={theme}]")).await.map(drop)
    }

    /// Pictures of the page in light and dark, for people to look at.
    pub async fn pictures(&self, name: &str) -> Result {
        for theme in ["dark", "light"] {
            self.theme(theme).await?;
            self.picture(&format!("{name}-{theme}")).await?;
        }
        Ok(())
    }

    /// The same of a dialog, or of what has the focus: the theme is set on the page, because the palette would take both away.
    pub async fn shown(&self, name: &str) -> Result {
        for theme in ["dark", "light"] {
            self.window.execute("document.documentElement.dataset.theme = arguments[0]", &[json!(theme)]).await?;
            self.picture(&format!("{name}-{theme}")).await?;
        }
        Ok(())
    }

    /// A picture of the page as it is.
    pub async fn picture(&self, name: &str) -> Result {
        let folder = parts::checkout().join("target/screenshots");
        std::fs::create_dir_all(&folder).context("make the folder of pictures")?;
        self.painted().await?;
        self.window.screenshot(&folder.join(format!("{name}.png"))).await
    }

    /// Waits until the page is drawn as it is meant: with its own type, in its present size.
    async fn painted(&self) -> Result {
        let script = "const done = arguments[arguments.length - 1];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150))))";
        self.window.execute_async(script, &[]).await.map(drop)
    }

    /// A picture for the README, where `FIREWATCH_PICTURES` names a folder for them; small enough to be kept beside the code.
    pub async fn readme_picture(&self, name: &str) -> Result {
        let Some(folder) = std::env::var_os("FIREWATCH_PICTURES") else { return Ok(()) };
        let folder = parts::checkout().join(folder);
        std::fs::create_dir_all(&folder).context("make the folder of pictures")?;
        let (whole, small) = (self.session.folder().join("whole.png"), folder.join(format!("{name}.png")));
        self.painted().await?;
        self.window.screenshot(&whole).await?;
        let [from, to] = [&whole, &small].map(|path| path.to_string_lossy().into_owned());
        self.session
            .run(
                "convert",
                &[&from, "-strip", "-dither", "None", "-colors", "255", "-define", "png:compression-level=9", &format!("PNG8:{to}")],
            )
            .await?;
        let size = std::fs::metadata(&small).context("measure the picture")?.len();
        ensure!(size < 250_000, "{} has {size} bytes", small.display());
        Ok(())
    }

    /// Bounded waiting that says what the page shows when it was in vain.
    pub async fn until<T>(&self, what: &str, look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        match wait::until(what, SOON, look).await {
            Err(error) => Err(error.context(format!("the page says: {}", self.window.page_text().await.unwrap_or_default()))),
            found => found,
        }
    }
}

/// The process that draws the page of a program.
pub fn page_of(program: u32) -> Result<u32> {
    let parent_and_name = |pid: u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (name, rest) = text.split_once('(')?.1.rsplit_once(')')?;
        Some((rest.split_ascii_whitespace().nth(1)?.parse::<u32>().ok()?, name.to_owned()))
    };
    let processes = std::fs::read_dir("/proc").context("list processes")?.flatten();
    let mut processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let page = processes.find(|pid| parent_and_name(*pid).is_some_and(|(parent, name)| parent == program && name.starts_with("WebKitWeb")));
    page.context("the program has no page")
}

/// The profile folder of a session.
pub fn profile_of(session: &Session) -> PathBuf {
    session.folder().join("profile")
}

/// A share as the window writes it in the list: `8 %`, `−0.4 %`.
pub fn shown_share(share: f64) -> String {
    let percent = share * 100.0;
    let text = if percent.abs() < 1.0 { format!("{percent:.1}") } else { format!("{percent:.0}") };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let text = if text == "-0" { "0" } else { text };
    format!("{}\u{2009}%", text.replace('-', "\u{2212}"))
}

/// One of the four faces in 24 by 24, as a tray item sends it.
async fn face_pixels(session: &Session, face: &str) -> Result<Vec<u8>> {
    let picture = parts::checkout().join(format!("icons/tray/{face}-24.png"));
    let raw = session.folder().join(format!("{face}.rgba"));
    session.run("convert", &[&picture.to_string_lossy(), "-depth", "8", &format!("rgba:{}", raw.display())]).await?;
    let pixels = std::fs::read(&raw).context("read the face")?;
    Ok(pixels.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| [a, r, g, b]).collect())
}
