//! Poor surroundings: no bus, no keyring, no place to write, a broken database, input that is partly bad. Each time it works as far as
//! it can or says kindly why not, with the promised exit code, and nothing is lost, overwritten or let out.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use firewatch_store::Store;
use firewatch_tests::cli::Cli;
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};

use crate::wanted;

/// A token nobody may ever see again.
const CANARY: &str = "canary-7f3a91-must-not-be-seen";

fn built(test: &str) -> Result<bool> {
    if parts::firewatchctl().is_some() { Ok(true) } else { parts::absent(test, "firewatchctl") }
}

fn empty_server() -> Result<Hostile> {
    Hostile::start(Behind::Canned(json!({ "status": "success", "data": { "resultType": "vector", "result": [] } })))
}

/// One part as `doctor` sees it.
async fn part(cli: &Cli, name: &str) -> Result<Value> {
    let lines = cli.json(&["doctor"]).await?;
    let found = lines.as_array().and_then(|lines| lines.iter().find(|line| line["part"] == name)).cloned();
    found.with_context(|| format!("doctor says nothing of {name}: {lines}"))
}

/// Every file below a folder with what is in it.
fn files(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push((path.clone(), std::fs::read(&path)?));
        }
    }
    Ok(found)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn without_bus_and_keyring_it_starts_keeps_the_variables_name_and_says_so() -> Result {
    if !built("the bare machine")? {
        return Ok(());
    }
    let server = empty_server()?;
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?.with_env("LANG", "C.UTF-8").with_env("CANARY_TOKEN", CANARY);
    let mut printed = Vec::new();
    let commands: [&[&str]; 9] = [
        &["whoami", "--name", "on-call"],
        &["source", "add", "prometheus", "prom", &server.url(), "--token-env", "CANARY_TOKEN"],
        &["--json", "source", "list"],
        &["source", "test", "prom"],
        &["slo", "probe", "front-page", "http://127.0.0.1:9/", "--under", "500ms", "--objective", "99.5"],
        &["poll", "--once"],
        &["status"],
        &["--json", "doctor"],
        &["doctor"],
    ];
    for args in commands {
        let ended = cli.clone().with_env("FIREWATCH_LOG", "trace").run(args).await?;
        ensure!(ended.code == 0 || args[0] == "source", "{args:?} ended with {}: {}", ended.code, ended.stderr);
        printed.push(format!("{args:?}: {}{}", ended.stdout, ended.stderr));
    }
    let sources = cli.json(&["source", "list"]).await?;
    let prom = sources.as_array().and_then(|all| all.iter().find(|source| source["name"] == "prom")).context("the source")?;
    ensure!(prom["secret"] == "variable CANARY_TOKEN", "only the variable's name is kept: {prom}");
    for name in ["keyring", "notifications"] {
        let line = part(&cli, name).await?;
        ensure!(line["verdict"] != "ok" && line["cure"].as_str().is_some_and(|cure| !cure.is_empty()), "{line}");
    }
    let line = part(&cli, "secret of prom").await?;
    let told = line["message"].as_str().is_some_and(|told| told.contains("CANARY_TOKEN") && told.contains("the window will not have it"));
    ensure!(told && line["verdict"] == "degraded", "{line}");
    let seen = server.take_seen();
    let carried = |request: &firewatch_tests::http::Request| request.header("authorization") == Some(&format!("Bearer {CANARY}"));
    ensure!(seen.iter().any(carried), "the server was asked with the token");

    let leaks: Vec<&String> = printed.iter().filter(|text| text.contains(CANARY)).collect();
    ensure!(leaks.is_empty(), "the token was printed: {leaks:?}");
    for (path, bytes) in files(folder.path())? {
        ensure!(!holds(&bytes, CANARY), "the token lies in {}", path.display());
    }

    // Without the variable it is blind for the right reason, and does not ask without the token.
    let poor = Cli::alone(cli.data())?;
    server.take_seen();
    poor.run(&["source", "test", "prom"]).await?;
    ensure!(server.take_seen().is_empty(), "it asked without its token");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_keyring_the_token_lies_there_and_nowhere_else() -> Result {
    let furniture = Furniture { keyring: true, ..Furniture::default() };
    if !parts::present("the keyring", &furniture.programs())? {
        return Ok(());
    }
    let (server, mut session) = (empty_server()?, Session::start(furniture).await?);
    let profile = session.folder().join("profile");
    let typed = Cli::new(&session, &profile)?.with_env("CANARY_TOKEN", CANARY);
    let added = typed.json(&["source", "add", "prometheus", "prom", &server.url(), "--token-env", "CANARY_TOKEN"]).await?;
    ensure!(added["secret"] == "keyring", "{added}");
    // From here on the variable is not there any more.
    let cli = Cli::new(&session, &profile)?;
    let asked_with_token = |server: &Hostile| {
        let seen = server.take_seen();
        !seen.is_empty() && seen.iter().all(|request| request.header("authorization") == Some(&format!("Bearer {CANARY}")))
    };
    let mut printed = Vec::new();
    for args in [&["source", "test", "prom"][..], &["poll", "--once"], &["--json", "source", "list"], &["--json", "doctor"]] {
        let ended = cli.clone().with_env("FIREWATCH_LOG", "trace").run(args).await?;
        printed.push(ended.stdout + &ended.stderr);
    }
    ensure!(asked_with_token(&server), "the token comes from the keyring");
    let mut watch = cli.spawn("watch", &["watch"])?;
    let alive = || Store::open(&profile, "looked").and_then(|store| store.read(|tx| tx.meta("awake_s")));
    watch.until("a sign of life", wait::PATIENCE, async || Ok(alive()?)).await?;
    let (status, output) = watch.asked_to_end(wait::PATIENCE).await?;
    ensure!(status.code() == Some(0) && !output.contains("panicked"), "{status}: {output}");
    server.take_seen();
    session.stop_keyring();
    let told = cli.fails(1, &["source", "test", "prom"]).await?;
    ensure!(told.contains("keyring"), "the keyring is gone, and it says so: {told}");
    ensure!(server.take_seen().is_empty(), "it asked without its token");
    session.start_keyring().await?;
    server.take_seen();
    cli.run(&["source", "test", "prom"]).await?;
    ensure!(asked_with_token(&server), "the keyring is back, and so is the token");
    ensure!(!printed.iter().any(|text| text.contains(CANARY)), "the token was printed");
    for (path, bytes) in files(&profile)? {
        ensure!(!holds(&bytes, CANARY), "the token lies in {}", path.display());
    }
    Ok(())
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named_with_its_cure() -> Result {
    if !built("the unwritable place")? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("a-file");
    std::fs::write(&file, "mine")?;
    for place in [PathBuf::from("/proc/firewatch"), file.join("profile"), file.clone()] {
        for command in [&["status"][..], &["watch"], &["poll", "--once"], &["whoami"]] {
            let told = Cli::at(&place)?.fails(1, command).await?;
            ensure!(told.contains("cannot be written") && told.contains("--data"), "{}: {told}", place.display());
            ensure!(told.contains(&*place.to_string_lossy()), "it names the place: {told}");
        }
    }
    ensure!(std::fs::read(&file)? == b"mine", "the file in the way is untouched");
    Ok(())
}

/// A profile of somebody else: for root every file is writable, so root steps down to nobody for it.
#[tokio::test]
async fn a_profile_that_may_only_be_read_is_refused_and_untouched() -> Result {
    let Some(program) = parts::firewatchctl() else { return parts::absent("the read-only profile", "firewatchctl").map(drop) };
    if !parts::present("the read-only profile", &["setpriv"])? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?;
    cli.json(&["whoami", "--name", "on-call"]).await?;
    let allow = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    let database = cli.data().join("firewatch.db");
    let before = std::fs::read(&database)?;
    for (path, mode) in [(folder.path(), 0o755), (&database, 0o444), (cli.data(), 0o555)] {
        allow(path, mode)?;
    }
    // Nobody may not reach into the checkout, wherever that lies.
    let reachable = folder.path().join("firewatchctl");
    std::fs::copy(&program, &reachable)?;
    let is_root = std::fs::metadata("/proc/self")?.uid() == 0;
    let mut command = std::process::Command::new(if is_root { Path::new("setpriv") } else { &reachable });
    if is_root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&reachable);
    }
    let ended = command.arg("--data").arg(cli.data()).arg("status").env("HOME", folder.path()).output()?;
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    allow(cli.data(), 0o755)?;
    ensure!(ended.status.code() == Some(1) && told.contains("cannot be written"), "{:?}: {told}", ended.status);
    ensure!(told.contains(&*cli.data().to_string_lossy()), "it names the place: {told}");
    ensure!(std::fs::read(&database)? == before, "the database was changed");
    Ok(())
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_byte_for_byte() -> Result {
    if !built("the damage")? {
        return Ok(());
    }
    for kind in ["garbage", "truncated", "empty header", "folder"] {
        let folder = tempfile::tempdir()?;
        let cli = Cli::alone(&folder.path().join("profile"))?;
        cli.json(&["whoami", "--name", "on-call"]).await?;
        let database = cli.data().join("firewatch.db");
        let whole = std::fs::read(&database)?;
        let damaged: Vec<u8> = match kind {
            "garbage" => (0..20_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect(),
            "truncated" => whole[..whole.len() / 2 + 100].to_vec(),
            "empty header" => [vec![0; 100], whole[100..].to_vec()].concat(),
            _ => Vec::new(),
        };
        std::fs::remove_file(&database)?;
        if kind == "folder" {
            std::fs::create_dir(&database)?;
            std::fs::write(database.join("kept"), "mine")?;
        } else {
            std::fs::write(&database, &damaged)?;
        }
        let ended = cli.run(&["--json", "status"]).await?;
        if ended.code == 0 {
            let aside = std::fs::read_dir(cli.data())?.flatten().map(|entry| entry.path());
            let aside: Vec<PathBuf> = aside.filter(|path| path.to_string_lossy().contains("damaged")).collect();
            ensure!(aside.len() == 1, "{kind}: set aside {aside:?}");
            if kind == "folder" {
                ensure!(std::fs::read(aside[0].join("kept"))? == b"mine", "{kind}: what lay there is kept");
            } else {
                ensure!(std::fs::read(&aside[0])? == damaged, "{kind}: not kept byte for byte");
            }
            let place = aside[0].to_string_lossy().into_owned();
            ensure!(ended.stderr.contains(&place) && !ended.stderr.contains('\u{1b}'), "{kind}: it says where: {}", ended.stderr);
            let line = part(&cli, "database").await?;
            ensure!(line["verdict"] == "degraded", "{kind}: doctor says it later, too: {line}");
            ensure!(line["message"].as_str().is_some_and(|told| told.contains(&place)), "{kind}: {line}");
            println!("{kind}: {}", ended.stderr);
        } else {
            ensure!(ended.code == 1 && ended.stderr.contains("damaged"), "{kind}: {} {}", ended.code, ended.stderr);
            ensure!(kind == "folder" || std::fs::read(&database)? == damaged, "{kind}: refused and yet changed");
            println!("{kind}: refused: {}", ended.stderr);
        }
        // And it works on.
        cli.json(&["whoami"]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_folder_that_is_partly_bad_is_imported_partly_and_ends_with_3() -> Result {
    if !built("the mixed folder")? {
        return Ok(());
    }
    let (server, folder) = (empty_server()?, tempfile::tempdir()?);
    let cli = Cli::alone(&folder.path().join("profile"))?;
    cli.json(&["source", "add", "prometheus", "prom", &server.url()]).await?;
    let slos = folder.path().join("slos");
    std::fs::create_dir(&slos)?;
    let good = wanted::availability("good-one", "shop", "0.999", "30d");
    std::fs::write(slos.join("good.yaml"), &good)?;
    std::fs::write(slos.join("bad.yaml"), good.replace("good-one", "bad-one").replace("0.999", "99.9"))?;
    std::fs::write(slos.join("broken.yaml"), "apiVersion: openslo/v1\n  kind: [")?;
    std::fs::write(slos.join("notes.txt"), "not for import")?;
    let place = slos.to_string_lossy().into_owned();
    let ended = cli.run(&["--json", "slo", "import", &place, "--source", "prom"]).await?;
    ensure!(ended.code == 3, "{}: {}", ended.code, ended.stderr);
    let lines = ended.json()?;
    let of = |file: &str| lines.as_array().and_then(|all| all.iter().find(|line| line["file"].as_str().is_some_and(|f| f.ends_with(file))));
    for (file, outcome) in [("good.yaml", "imported"), ("bad.yaml", "rejected"), ("broken.yaml", "rejected")] {
        let line = of(file).with_context(|| format!("no word of {file}: {lines}"))?;
        ensure!(line["outcome"] == outcome, "{line}");
        ensure!(outcome == "imported" || line["messages"][0].as_str().is_some_and(|why| !why.is_empty()), "{line}");
    }
    ensure!(of("notes.txt").is_none(), "{lines}");
    let names = cli.json(&["slo", "list"]).await?;
    ensure!(names.as_array().is_some_and(|all| all.len() == 1 && all[0]["name"] == "good-one"), "{names}");
    cli.fails(1, &["slo", "import", &slos.join("bad.yaml").to_string_lossy(), "--source", "prom"]).await?;
    cli.fails(1, &["slo", "import", &place, "--source", "nowhere"]).await.map(drop)
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_the_cure_and_usage_ends_with_2() -> Result {
    if !built("the refusals")? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?.with_env("CANARY_TOKEN", CANARY);
    let probe = ["slo", "probe", "front", "http://127.0.0.1:9/", "--under", "500ms", "--objective"];
    let told = cli.fails(1, &[&probe[..], &["0.999"]].concat()).await?;
    ensure!(told.contains("99.9"), "the cure is 99.9: {told}");
    for objective in ["100", "0", "high", "101"] {
        cli.fails(1, &[&probe[..], &[objective]].concat()).await?;
    }
    ensure!(cli.json(&["slo", "list"]).await? == json!([]), "nothing was kept");

    let add = |url| ["source", "add", "prometheus", "prom", url, "--token-env", "CANARY_TOKEN"];
    let told = cli.fails(1, &add("http://metrics.example:9090")).await?;
    ensure!(told.contains("https") && told.contains("plain http") && !told.contains(CANARY), "{told}");
    ensure!(cli.json(&["source", "list"]).await? == json!([]), "nothing was kept");
    cli.json(&[&add("http://metrics.example:9090")[..], &["--allow-plain-http"]].concat()).await?;
    let sources = cli.json(&["source", "list"]).await?;
    ensure!(sources[0]["plain_http"] == true, "the choice is kept and shown: {sources}");
    cli.json(&["source", "remove", "prom"]).await?;
    cli.json(&add("http://127.0.0.1:9090")).await?;
    let missing = ["source", "add", "prometheus", "other", "http://127.0.0.1:9090", "--token-env", "NO_SUCH_VARIABLE"];
    ensure!(cli.fails(1, &missing).await?.contains("NO_SUCH_VARIABLE"), "an empty variable is named");
    cli.fails(1, &add("http://user:secret@127.0.0.1:9090")).await?;

    for usage in [&["no-such-command"][..], &[], &["slo", "probe"], &["incident", "declare", "x"], &["status", "--no-such-flag"]] {
        cli.fails(2, usage).await?;
    }
    cli.fails(1, &["status", "no-such-slo"]).await?;
    cli.fails(1, &["incident", "show", "no-such-id"]).await.map(drop)
}
