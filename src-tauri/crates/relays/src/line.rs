//! An open line of one document, in either framing.

use std::time::Duration;

use async_trait::async_trait;
use firewatch_domain::ports::Line;
use firewatch_domain::relay::{RelayFault, Said};
use firewatch_domain::words;
use secrecy::SecretString;
use tokio::time::timeout;

use crate::hocuspocus;
use crate::socket::Socket;
use crate::wire::{self, Message, Nonsense};

/// How long a relay may think about a token.
const LETTING_IN: Duration = Duration::from_secs(15);

/// How messages stand on the wire.
pub enum Framing {
    /// As they are: y-websocket.
    Bare,
    /// Behind the name of the document: Hocuspocus.
    Named(String),
}

/// An open line.
pub struct OpenLine {
    socket: Socket,
    framing: Framing,
}

impl OpenLine {
    /// A line over an open socket.
    pub fn new(socket: Socket, framing: Framing) -> Self {
        Self { socket, framing }
    }

    /// A line to a Hocuspocus server, once it let us in.
    pub async fn let_in(mut socket: Socket, document: &str, token: Option<&SecretString>) -> Result<Self, RelayFault> {
        socket.send(hocuspocus::asking(document, token)).await?;
        let answered = async {
            loop {
                match hocuspocus::read(document, &socket.next().await?).map_err(nonsense)? {
                    Message::LetIn { read_only: false } => return Ok(()),
                    Message::LetIn { read_only: true } => {
                        return Err(RelayFault::Refused("this token may only read there; ask for one that may write".to_owned()));
                    }
                    Message::Denied(why) => return Err(denied(&why)),
                    Message::Ended(why) => return Err(RelayFault::Away(format!("the relay ended it: {}", words::plain(&why, 200)))),
                    Message::Said(_) | Message::Other => {}
                }
            }
        };
        timeout(LETTING_IN, answered)
            .await
            .map_err(|_| RelayFault::Refused("the relay says nothing to the token; it may be of another kind".to_owned()))??;
        Ok(Self::new(socket, Framing::Named(document.to_owned())))
    }
}

#[async_trait]
impl Line for OpenLine {
    async fn say(&mut self, said: Said) -> Result<(), RelayFault> {
        let message = wire::written(&said);
        match &self.framing {
            // It would not know what is asked.
            Framing::Bare if said == Said::AskPresence => Ok(()),
            Framing::Bare => self.socket.send(message).await,
            Framing::Named(document) => self.socket.send(hocuspocus::framed(document, &message)).await,
        }
    }

    async fn hear(&mut self) -> Result<Said, RelayFault> {
        loop {
            let message = self.socket.next().await?;
            let read = match &self.framing {
                Framing::Bare => wire::read(&message),
                Framing::Named(document) => hocuspocus::read(document, &message),
            };
            match read.map_err(nonsense)? {
                Message::Said(said) => return Ok(said),
                Message::Denied(why) => return Err(denied(&why)),
                Message::Ended(why) => return Err(RelayFault::Away(format!("the relay ended it: {}", words::plain(&why, 200)))),
                Message::LetIn { .. } | Message::Other => {}
            }
        }
    }
}

/// Which kind of relay a socket leads to: a y-websocket server speaks first, a Hocuspocus server answers to a token.
pub async fn recognised(mut socket: Socket, document: &str) -> Result<&'static str, RelayFault> {
    socket.send(hocuspocus::asking(document, None)).await?;
    let first =
        timeout(LETTING_IN, socket.next()).await.map_err(|_| RelayFault::Refused("it says nothing that a relay would".to_owned()))??;
    match (wire::read(&first), hocuspocus::read(document, &first)) {
        (_, Ok(Message::LetIn { .. } | Message::Denied(_))) => Ok("hocuspocus"),
        (Ok(Message::Said(_)), _) => Ok("y_websocket"),
        _ => Err(nonsense(Nonsense)),
    }
}

fn denied(why: &str) -> RelayFault {
    let why = words::plain(why, 200);
    let said = if why.is_empty() { String::new() } else { format!(" ({why})") };
    RelayFault::Refused(format!("the relay does not let us in{said}; check the token"))
}

fn nonsense(nonsense: Nonsense) -> RelayFault {
    RelayFault::Refused(nonsense.to_string())
}
