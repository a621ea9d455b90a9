//! What is wrong with a server's certificate is named, by the source's test and in the reason of every SLO read from it: a real
//! Prometheus that speaks TLS, certificates made for the occasion, and an authority that this machine trusts for the run.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::process::Process;
use firewatch_tests::prometheus;
use firewatch_tests::{Result, parts, wait};

use crate::wanted;

const SLO: &str = "shop-availability";
const AUTHORITY: &str = "[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n";
const KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/// A certificate the server may show.
struct Shown {
    what: &'static str,
    authority: &'static str,
    name: &'static str,
    from: &'static str,
    to: &'static str,
    /// What must be said.
    said: &'static [&'static str],
}

const SOUND: Shown =
    Shown { what: "sound", authority: "trusted", name: "DNS:localhost", from: "20200101000000Z", to: "20990101000000Z", said: &[] };

const FAULTY: [Shown; 4] = [
    Shown { what: "run out", to: "20210101000000Z", said: &["its certificate has run out", "have it renewed"], ..SOUND },
    Shown { what: "not valid yet", from: "20980101000000Z", said: &["not valid yet", "clock"], ..SOUND },
    Shown { what: "of another name", name: "DNS:other.example", said: &["for another name"], ..SOUND },
    Shown {
        what: "of a stranger",
        authority: "stranger",
        said: &["an authority this machine does not know", "add its authority"],
        ..SOUND
    },
];

fn openssl(folder: &Path, args: &[&str]) -> Result {
    let ran = Command::new("openssl").args(args).current_dir(folder).output().context("run openssl")?;
    ensure!(ran.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    Ok(())
}

fn authority(folder: &Path, name: &str) -> Result {
    let (key, out) = (format!("{name}.key"), format!("{name}.pem"));
    openssl(folder, &[&["req", "-x509"][..], &KEY, &["-keyout", &key, "-out", &out, "-days", "30", "-subj", "/CN=Test authority"]].concat())
}

/// Writes the certificate that the server shows from the next connection on.
fn show(folder: &Path, shown: &Shown) -> Result {
    std::fs::write(folder.join("index.txt"), "")?;
    std::fs::write(folder.join("ext"), format!("subjectAltName={}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n", shown.name))?;
    let (cert, key) = (format!("{}.pem", shown.authority), format!("{}.key", shown.authority));
    let signed = ["-in", "server.csr", "-out", "server.pem", "-startdate", shown.from, "-enddate", shown.to, "-extfile", "ext", "-notext"];
    openssl(folder, &[&["ca", "-batch", "-rand_serial", "-config", "ca.cnf", "-cert", &cert, "-keyfile", &key][..], &signed].concat())
}

async fn serve(folder: &Path) -> Result<(Process, u16)> {
    let port = wait::free_port()?;
    std::fs::write(folder.join("prometheus.yml"), "")?;
    std::fs::write(folder.join("web.yml"), "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n")?;
    let mut command = Command::new("prometheus");
    command
        .args(["--config.file=prometheus.yml", "--web.config.file=web.yml", "--storage.tsdb.path=data", "--log.level=warn"])
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .current_dir(folder);
    let mut server = Process::start("prometheus-tls", command, folder)?;
    server
        .until("Prometheus to listen", wait::PATIENCE, async || Ok(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(())))
        .await?;
    Ok((server, port))
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_named() -> Result {
    let needed = [&prometheus::PROGRAMS[..], &["openssl"]].concat();
    if !parts::present("certificates", &needed)? || parts::firewatchctl().is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let place = folder.path();
    std::fs::write(place.join("ca.cnf"), AUTHORITY)?;
    authority(place, "trusted")?;
    authority(place, "stranger")?;
    openssl(place, &[&["req", "-new"][..], &KEY, &["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=Test server"]].concat())?;
    show(place, &SOUND)?;
    let (_server, port) = serve(place).await?;
    let cli = Cli::alone(&place.join("profile"))?.with_env("SSL_CERT_FILE", &place.join("trusted.pem").to_string_lossy());
    std::fs::write(place.join("slo.yaml"), wanted::availability(SLO, "shop", "0.99", "1h"))?;
    cli.json(&["source", "add", "prometheus", "prom", &format!("https://localhost:{port}")]).await?;
    cli.json(&["slo", "import", &place.join("slo.yaml").to_string_lossy(), "--source", "prom"]).await?;

    answers(&cli).await.context("with a sound certificate")?;
    for shown in &FAULTY {
        show(place, shown)?;
        blinds(&cli, shown.said).await.with_context(|| format!("with one {}", shown.what))?;
    }
    // As people make them by one command: its own authority at once.
    let own =
        ["-keyout", "server.key", "-out", "server.pem", "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    openssl(place, &[&["req", "-x509"][..], &KEY, &own].concat())?;
    blinds(&cli, &["signed by itself", "have it sign one for the server"]).await.context("with one signed by itself")?;
    openssl(place, &[&["req", "-new"][..], &KEY, &["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=Test server"]].concat())?;
    show(place, &SOUND)?;
    answers(&cli).await.context("with a sound certificate again")
}

/// The server is reached: there is nothing of that name in it, and that is what is said.
async fn answers(cli: &Cli) -> Result {
    let tested = cli.run(&["--json", "source", "test", "prom"]).await?.json()?;
    ensure!(tested["lines"].to_string().contains("answers queries"), "{tested}");
    cli.run(&["poll", "--once"]).await?;
    let status = cli.status(SLO).await?;
    ensure!(status["reason"].as_str().is_some_and(|why| !why.contains("certificate") && !why.contains("reached")), "{status}");
    Ok(())
}

async fn blinds(cli: &Cli, said: &[&str]) -> Result {
    let tested = cli.run(&["--json", "source", "test", "prom"]).await?;
    let told = tested.json()?;
    ensure!(told["ok"] == false, "{told}");
    cli.run(&["poll", "--once"]).await?;
    let status = cli.status(SLO).await?;
    ensure!(status["state"] == "blind" && status["sight"] == "blind", "{status}");
    for part in said {
        ensure!(told["lines"].to_string().contains(part), "the test does not say {part:?}: {told}");
        ensure!(status["reason"].as_str().is_some_and(|why| why.contains(part)), "the status does not say {part:?}: {}", status["reason"]);
    }
    Ok(())
}
