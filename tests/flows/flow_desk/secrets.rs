//! Tokens are planted, everything is tried that could carry one away, and then they are looked for: in every file of the profile, in
//! everything that was printed and logged at the finest level, in everything that is given out.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::http::{Reply, Server, answer};
use firewatch_tests::{Result, parts};

const PLANTED: [&str; 6] =
    ["plantedslackhook", "xoxb-plantedbot", "plantedteamssig", "plantedzoomsecret", "plantedsourcetoken", "plantedcalendar"];

/// Fails where one of the secrets is in a file below a folder, or in a text; also as base64.
pub fn none_of(secrets: &[&str], folder: &Path, texts: &[String]) -> Result {
    for secret in secrets {
        let forms = [secret.to_string(), base64(secret.as_bytes())];
        for form in &forms {
            for text in texts {
                ensure!(!text.contains(form.as_str()), "{secret} was printed: {}", around(text, form));
            }
            let mut folders = vec![folder.to_owned()];
            while let Some(folder) = folders.pop() {
                for file in std::fs::read_dir(&folder)?.flatten() {
                    let path = file.path();
                    if path.is_dir() {
                        folders.push(path);
                    } else if path.is_file() {
                        let bytes = std::fs::read(&path)?;
                        ensure!(!bytes.windows(form.len()).any(|window| window == form.as_bytes()), "{secret} is in {}", path.display());
                    }
                }
            }
        }
    }
    Ok(())
}

fn around<'a>(text: &'a str, form: &str) -> &'a str {
    let at = text.find(form).unwrap_or_default();
    let from = text[..at].rfind('\n').map_or(0, |n| n + 1);
    &text[from..text[at..].find('\n').map_or(text.len(), |n| at + n)]
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |n: u32| char::from(DIGITS[(n & 63) as usize]);
    // Whole groups of three only: what is looked for is a part of a longer text.
    bytes
        .chunks_exact(3)
        .flat_map(|three| {
            let n = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
            [digit(n >> 18), digit(n >> 12), digit(n >> 6), digit(n)]
        })
        .collect()
}

/// A service of bad manners: it says back what it was told, headers and all.
fn parrot() -> Result<Server> {
    Server::start(0, || {
        let mut turn = 0;
        Box::new(move |request| {
            turn += 1;
            let told = request.headers.iter().fold(String::new(), |told, (name, value)| told + name + ": " + value + "\n");
            let body = format!("you said {} {}\n{told}{}", request.method, request.path, String::from_utf8_lossy(&request.body));
            match turn % 4 {
                0 => Reply::Send(answer(401, &[], body.as_bytes())),
                1 => Reply::Send(answer(500, &[("X-Echo", &told.replace(['\r', '\n'], " "))], body.as_bytes())),
                2 => Reply::Send(answer(400, &[], body.as_bytes())),
                _ => Reply::Close(body.into_bytes()),
            }
        })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_tokens_are_found_nowhere() -> Result {
    if parts::firewatchctl().is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let profile = folder.path().join("profile");
    let server = parrot()?;
    let base = format!("http://{}", server.address());
    let ics = folder.path().join("x.ics");
    std::fs::write(&ics, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")?;
    let cli = Cli::alone(&profile)?
        .with_env("FIREWATCH_LOG", "trace")
        .with_env("HOOK", &format!("{base}/services/{}", PLANTED[0]))
        .with_env("BOT", PLANTED[1])
        .with_env("TEAMS", &format!("{base}/workflows/run?sig={}", PLANTED[2]))
        .with_env("ZOOM", PLANTED[3])
        .with_env("TOKEN", PLANTED[4])
        .with_env("CAL", &format!("{base}/{}.ics", PLANTED[5]));
    let api = format!("{base}/api");
    let mut said = Vec::new();
    let id = {
        let declared = cli.run(&["--json", "incident", "declare", "Settings slow", "--severity", "SEV1"]).await?;
        let id = super::id_of(&declared.json()?)?;
        said.extend([declared.stdout, declared.stderr]);
        id
    };
    let commands: Vec<Vec<&str>> = vec![
        vec!["destination", "add", "slack-webhook", "hook", "--address-env", "HOOK"],
        vec!["destination", "add", "slack-bot", "bot", "--channel", "C1", "--token-env", "BOT", "--api", &api],
        vec!["destination", "add", "teams", "teams", "--address-env", "TEAMS"],
        vec![
            "destination",
            "add",
            "zoom",
            "zoom",
            "--account",
            "a",
            "--client",
            "c",
            "--secret-env",
            "ZOOM",
            "--api",
            &api,
            "--sign-in",
            &base,
        ],
        vec!["source", "add", "prometheus", "prom", &base, "--token-env", "TOKEN"],
        vec!["source", "add", "prometheus", "head", &base, "--header-env", "X-Scope=TOKEN"],
        vec!["oncall", "add", "shifts", "--address-env", "CAL"],
        vec!["incident", "update", &id, "We look into it.", "--to", "hook", "--to", "bot", "--to", "teams"],
        vec!["incident", "room", &id, "--by", "zoom"],
    ];
    let again: Vec<Vec<&str>> = vec![
        vec!["sync", "--once"],
        vec!["destination", "test", "hook"],
        vec!["destination", "test", "bot"],
        vec!["destination", "test", "teams"],
        vec!["destination", "test", "zoom"],
        vec!["source", "test", "prom"],
        vec!["source", "test", "head"],
        vec!["poll", "--once"],
        vec!["--json", "outbox", "list"],
        vec!["--json", "doctor"],
        vec!["--json", "incident", "show", &id],
        vec!["oncall", "handover"],
    ];
    for args in commands.iter().chain(&again).chain(&again).chain(&again) {
        let ended = cli.run(args).await?;
        said.extend([ended.stdout, ended.stderr]);
    }
    for format in ["md", "html", "json"] {
        let ended = cli.run(&["incident", "export", &id, "--format", format]).await?;
        ensure!(ended.code == 0, "{ended:?}");
        said.push(ended.stdout);
    }
    let wrong = cli.run(&["destination", "add", "slack-webhook", "bad", "--address-env", "BOT"]).await?;
    ensure!(wrong.code == 1, "{wrong:?}");
    said.extend([wrong.stdout, wrong.stderr]);
    ensure!(said.iter().map(String::len).sum::<usize>() > 10_000, "too little was said to be a test");
    none_of(&PLANTED, &profile, &said)?;

    // And it dies in the middle of its work, with the finest log.
    let mut watch = cli.spawn("watch", &["watch"])?;
    let written = folder.path().join("watch.log");
    watch
        .until("the watch to be at work", Duration::from_secs(30), async || {
            Ok(std::fs::metadata(&written).is_ok_and(|log| log.len() > 1000).then_some(()))
        })
        .await?;
    let log = watch.crash()?;
    none_of(&PLANTED, &profile, &[log]).context("after a crash")
}
