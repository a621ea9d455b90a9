//! Relays that say no, lie, or talk nonsense: each is told for what it is, and the document stays as it was.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::relay::Relay;
use firewatch_tests::{Result, wait};
use futures::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{WebSocketStream, accept_async};

use crate::relay_stage::{Machine, SOON};

const TOKEN: &str = "open-sesame-4711";
const WRONG: &str = "canary-token-0815";

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_and_told_and_nothing_is_lost() -> Result {
    if !Relay::present("a wrong token")? {
        return Ok(());
    }
    let server = Relay::start("hocuspocus", Some(TOKEN)).await?;
    let (mut ada, mut bob) = (Machine::new("ada")?, Machine::new("bob")?);
    let incident = ada.engine.declare("Settings load slowly", "SEV2", &[])?.id;
    ada.editor(&incident)?.types("hello from Ada")?;
    ada.share("hocuspocus", &server.address(), Some(TOKEN)).await?;
    let row = bob.share("hocuspocus", &server.address(), Some(WRONG)).await?;
    ensure!(row.secret == "keyring", "{row:?}");
    ada.watch();
    bob.watch();
    ada.stands(&incident, "connected").await?;
    let refused = wait::until("the refusal", SOON, async || Ok(Some(bob.relay()?).filter(|row| row.state == "refused"))).await?;
    let why = refused.why.clone().unwrap_or_default();
    ensure!(why.contains("token"), "{refused:?}");
    ensure!(!format!("{refused:?}").contains(WRONG), "a token is never shown");
    let test = bob.engine.test_relay("team").await?;
    ensure!(!test.ok && !format!("{test:?}").contains(WRONG), "{test:?}");
    let own = bob.engine.declare("Mail is late", "SEV3", &[])?.id;
    bob.editor(&own)?.types("kept here meanwhile")?;
    // With the right one, everything goes its way.
    bob.share("hocuspocus", &server.address(), Some(TOKEN)).await?;
    bob.reads(&incident, "hello from Ada").await?;
    ada.reads(&own, "kept here meanwhile").await?;
    ada.rest().await?;
    bob.rest().await
}

/// What a relay of ours says, once a line is open; each line begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    /// Bytes without a meaning.
    Garbage,
    /// A frame of one gigabyte is announced.
    Gigabyte,
    /// A message for another document.
    OtherDocument,
    /// An update that does not read.
    BrokenUpdate,
    /// A state vector that announces more than there is.
    HugeVector,
    /// An update nested deeper than any value.
    Nested,
    /// Nothing at all.
    Silence,
    /// The connection is cut after each message.
    Cut,
    /// No websocket but a page.
    Page,
}

const LIES: [Lie; 9] =
    [Lie::Garbage, Lie::Gigabyte, Lie::OtherDocument, Lie::BrokenUpdate, Lie::HugeVector, Lie::Nested, Lie::Silence, Lie::Cut, Lie::Page];

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_lies_is_told_and_the_document_stays() -> Result {
    let all = ["y_websocket", "hocuspocus"].into_iter().flat_map(|kind| LIES.map(|lie| (kind, lie)));
    let told = all.map(async |(kind, lie)| lied_to(kind, lie).await.with_context(|| format!("{kind}: {lie:?}")));
    futures::future::try_join_all(told).await.map(drop)
}

async fn lied_to(kind: &'static str, lie: Lie) -> Result {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let at = format!("ws://{}", listener.local_addr()?);
    let liar = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(lying(stream, kind, lie));
        }
    });
    let mut ada = Machine::new("ada")?;
    let incident = ada.engine.declare("Settings load slowly", "SEV2", &[])?.id;
    ada.editor(&incident)?.types("as it was")?;
    let before = ada.text(&incident);
    ada.share(kind, &at, None).await?;
    ada.watch();
    let state = match lie {
        Lie::Cut => "waiting",
        _ => "refused",
    };
    wait::until(state, SOON, async || {
        let row = ada.relay()?;
        let there = row.incidents.iter().find(|one| one.id == incident).is_some_and(|one| one.state == state && one.why.is_some());
        Ok(there.then_some(()))
    })
    .await
    .with_context(|| format!("{:?}", ada.relay()))?;
    ensure!(ada.text(&incident) == before, "the document is as it was");
    ada.editor(&incident)?.types("and it goes on")?;
    ensure!(ada.text(&incident).contains("and it goes on"));
    ada.rest().await?;
    liar.abort();
    Ok(())
}

async fn lying(mut stream: TcpStream, kind: &str, lie: Lie) -> Result {
    if lie == Lie::Page {
        let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";
        stream.write_all(page.as_bytes()).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        return Ok(());
    }
    let mut line = accept_async(stream).await?;
    let first = line.next().await.context("a first message")??.into_data();
    let name = if kind == "hocuspocus" { named(&first) } else { Vec::new() };
    let say = |message: &[u8]| Message::Binary(Bytes::from([&name[..], message].concat()));
    if kind == "hocuspocus" && lie != Lie::Silence {
        line.send(say(&[&[2, 2, 10][..], b"read-write"].concat())).await?;
    }
    match lie {
        Lie::Garbage => line.send(Message::Binary(Bytes::from_static(&[0xfe; 64]))).await?,
        Lie::OtherDocument if kind == "hocuspocus" => {
            let other = [&[5u8][..], b"other", &[0, 2, 2, 0, 0]].concat();
            line.send(Message::Binary(Bytes::from(other))).await?;
        }
        // Without names nothing can be of another document; what is no document at all is as foreign.
        Lie::OtherDocument | Lie::BrokenUpdate => line.send(say(&[0, 2, 4, 9, 9, 9, 9])).await?,
        Lie::HugeVector => line.send(say(&[0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x0f])).await?,
        Lie::Nested => {
            let mut update = vec![1, 1, 1, 0, 8, 1, 1, b'x', 1];
            update.extend([117, 1].repeat(100_000));
            update.extend([126, 0]);
            let length = update.len();
            let head = [0, 2, (length & 0x7f) as u8 | 0x80, (length >> 7 & 0x7f) as u8 | 0x80, (length >> 14) as u8];
            line.send(say(&[&head[..], &update].concat())).await?;
        }
        Lie::Gigabyte => announce_gigabyte(&mut line).await?,
        Lie::Silence => {}
        Lie::Cut | Lie::Page => return Ok(()),
    }
    // It stays, and answers nothing.
    while line.next().await.is_some_and(|heard| heard.is_ok()) {}
    Ok(())
}

/// A frame's head that says a gigabyte follows.
async fn announce_gigabyte(line: &mut WebSocketStream<TcpStream>) -> Result {
    let mut head = vec![0x82, 127];
    head.extend((1_u64 << 30).to_be_bytes());
    head.extend([0; 1000]);
    Ok(line.get_mut().write_all(&head).await?)
}

/// The name of the document before a message, with its length.
fn named(message: &[u8]) -> Vec<u8> {
    message.first().map(|length| message[..=usize::from(*length)].to_vec()).unwrap_or_default()
}

#[tokio::test]
async fn what_is_private_travels_unencrypted_only_when_allowed() -> Result {
    let ada = Machine::new("ada")?;
    let refused = ada.share("hocuspocus", "ws://192.0.2.7:1234", Some(WRONG)).await;
    let why = refused.err().context("plain ws was taken")?.to_string();
    ensure!(why.contains("unencrypted") && !why.contains(WRONG), "{why}");
    ensure!(ada.engine.relays()?.is_empty(), "nothing is kept");
    for bad in ["https://relay.example", "wss://user:word@relay.example", "wss://relay.example?token=x"] {
        ensure!(ada.share("hocuspocus", bad, None).await.is_err(), "{bad}");
    }
    Ok(())
}
