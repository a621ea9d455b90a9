//! A message bus of the test's own: no desktop of the machine is touched, and nothing is activated behind our back.
//!
//! The session bus is found by environment variables, and a process cannot change its own safely. So each story runs in a
//! second run of the same test program, told by a variable that it is the inner one.
#![allow(dead_code, reason = "two test programs use different parts")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const INSIDE: &str = "FIREWATCH_TEST_INSIDE";
const LONGEST_STORY: Duration = Duration::from_mins(2);
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#;

/// A process that ends with its owner, by its id.
pub struct Process(pub Child);

impl Process {
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap_or_else(|e| panic!("{command:?}: {e}")))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs the story with a bus of its own, where the programs it needs are there.
pub fn on_a_bus(test: &str, needs: &[&str], story: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return story();
    }
    if let Some(missing) = ["dbus-daemon"].iter().chain(needs).find(|program| !is_installed(program)) {
        return skip(test, missing);
    }
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("bus.conf");
    std::fs::write(&config, CONFIG).unwrap();
    let mut command = Command::new("dbus-daemon");
    command
        .arg(format!("--config-file={}", config.display()))
        .args(["--nofork", "--print-address=1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut daemon = Process::start(&mut command);
    let mut address = String::new();
    BufReader::new(daemon.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
    run_inside(test, home.path(), Some(address.trim()));
}

/// Runs the story with no bus to be found.
pub fn without_a_bus(test: &str, story: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return story();
    }
    let home = tempfile::tempdir().unwrap();
    run_inside(test, home.path(), None);
}

/// Runs the story with an address at which nothing listens.
pub fn on_a_dead_bus(test: &str, story: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return story();
    }
    let home = tempfile::tempdir().unwrap();
    let address = format!("unix:path={}", home.path().join("nobody").display());
    run_inside(test, home.path(), Some(&address));
}

/// Whether it becomes true within the time.
pub fn within(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let step = Duration::from_millis(50);
    (0..=limit.as_millis() / step.as_millis()).any(|_| {
        let held = holds();
        if !held {
            std::thread::sleep(step);
        }
        held
    })
}

/// A virtual display that no other test has; its name is `:n`.
pub fn display() -> (Process, String) {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Process::start(&mut command);
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
    (server, format!(":{}", number.trim()))
}

fn run_inside(test: &str, home: &Path, address: Option<&str>) {
    let runtime = home.join("run");
    std::fs::create_dir(&runtime).unwrap();
    std::fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(INSIDE, "1").process_group(0);
    command.env("HOME", home).env("XDG_RUNTIME_DIR", &runtime).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    for (name, folder) in [("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")] {
        command.env(name, home.join(folder));
    }
    match address {
        Some(address) => command.env("DBUS_SESSION_BUS_ADDRESS", address),
        None => command.env_remove("DBUS_SESSION_BUS_ADDRESS"),
    };
    let mut story = Process::start(&mut command);
    let mut outcome = None;
    let ended = within(LONGEST_STORY, || {
        outcome = story.0.try_wait().unwrap();
        outcome.is_some()
    });
    // Whatever the story started and did not end is in its process group.
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", story.0.id())]).stderr(Stdio::null()).status();
    assert!(ended, "{test}: not over after {LONGEST_STORY:?}");
    assert!(outcome.is_some_and(|status| status.success()), "{test}: failed inside, see above");
}

fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Past the test harness's capture, so that it is seen.
fn skip(test: &str, missing: &str) {
    assert!(std::env::var("CI").is_err(), "{test}: {missing} is not installed, and CI must run everything");
    let _ = writeln!(std::io::stderr().lock(), "SKIPPED {test}: {missing} is not installed");
}
