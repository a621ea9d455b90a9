//! A websocket with bounds: on size, on waiting, on silence. Certificates are judged by the operating system, as everywhere here.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use firewatch_domain::relay::RelayFault;
use firewatch_domain::words;
use futures::{SinkExt, StreamExt};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::SecretString;
use tokio::net::TcpStream;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};
use url::Url;

use crate::bearer;
use crate::wire::LONGEST_MESSAGE;

/// From the first packet to the open socket.
const OPENING: Duration = Duration::from_secs(15);
/// One message on its way out.
const SENDING: Duration = Duration::from_mins(1);
/// Between two signs of life that we ask for.
const BEAT: Duration = Duration::from_secs(15);
/// Beats without a sign, and the line is dead although nobody said so.
const SILENT_BEATS: u32 = 3;

/// An open websocket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    beat: Interval,
    silent: u32,
    host: String,
}

impl Socket {
    /// Opens one; a token goes along as a header.
    pub async fn open(url: &Url, token: Option<&SecretString>) -> Result<Self, RelayFault> {
        let host = words::plain(url.host_str().unwrap_or_default(), 100);
        let mut request = url.as_str().into_client_request().map_err(|_| RelayFault::Refused("the address cannot be used".to_owned()))?;
        if let Some(token) = token {
            let value = HeaderValue::from_str(&bearer(token));
            let mut value =
                value.map_err(|_| RelayFault::Refused("the token holds signs that no header takes; enter it again".to_owned()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let bounds = WebSocketConfig::default().max_message_size(Some(LONGEST_MESSAGE)).max_frame_size(Some(LONGEST_MESSAGE));
        let opening = connect_async_tls_with_config(request, Some(bounds), true, Some(Connector::Rustls(certificates()?)));
        let opened = timeout(OPENING, opening).await.map_err(|_| RelayFault::Away(format!("{host} does not answer in time")))?;
        let (stream, _) = opened.map_err(|error| fault(&host, &error))?;
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.reset();
        Ok(Self { stream, beat, silent: 0, host })
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Vec<u8>) -> Result<(), RelayFault> {
        if message.len() > LONGEST_MESSAGE {
            return Err(RelayFault::Refused("the document is larger than a relay takes at once; share it as a case file".to_owned()));
        }
        let sending = self.stream.send(Message::Binary(Bytes::from(message)));
        let sent = timeout(SENDING, sending).await.map_err(|_| RelayFault::Away(format!("{} takes nothing any more", self.host)))?;
        sent.map_err(|error| fault(&self.host, &error))
    }

    /// The next message. Asks for a sign of life meanwhile; giving up waiting loses nothing.
    pub async fn next(&mut self) -> Result<Vec<u8>, RelayFault> {
        loop {
            tokio::select! {
                heard = self.stream.next() => {
                    self.silent = 0;
                    match heard {
                        Some(Ok(Message::Binary(bytes))) => return Ok(bytes.into()),
                        Some(Ok(Message::Close(frame))) => {
                            let said = frame.map(|frame| words::plain(frame.reason.as_str(), 200)).filter(|said| !said.is_empty());
                            let said = said.map(|said| format!(": {said}")).unwrap_or_default();
                            return Err(RelayFault::Away(format!("{} closed the connection{said}", self.host)));
                        }
                        // Text is nobody's here; signs of life are answered below us.
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return Err(fault(&self.host, &error)),
                        None => return Err(RelayFault::Away(format!("{} closed the connection", self.host))),
                    }
                }
                _ = self.beat.tick() => {
                    self.silent += 1;
                    if self.silent > SILENT_BEATS {
                        return Err(RelayFault::Away(format!("nothing is heard from {} any more", self.host)));
                    }
                    self.stream.send(Message::Ping(Bytes::new())).await.map_err(|error| fault(&self.host, &error))?;
                }
            }
        }
    }
}

/// How certificates are judged; made once.
fn certificates() -> Result<Arc<ClientConfig>, RelayFault> {
    static MADE: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(made) = MADE.get() {
        return Ok(Arc::clone(made));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let verified = builder.and_then(BuilderVerifierExt::with_platform_verifier);
    let verified =
        verified.map_err(|why| RelayFault::Away(format!("the system's certificates could not be loaded ({why}); see the Doctor")))?;
    Ok(Arc::clone(MADE.get_or_init(|| Arc::new(verified.with_no_client_auth()))))
}

/// What went wrong, in words that hold no address and no token.
fn fault(host: &str, error: &Error) -> RelayFault {
    match error {
        Error::Http(answer) => {
            let status = answer.status();
            match status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    RelayFault::Refused(format!("{host} does not let us in ({}); check the token", status.as_u16()))
                }
                _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                    RelayFault::Away(format!("{host} answers {}; it is tried again", status.as_u16()))
                }
                _ => RelayFault::Refused(format!(
                    "{host} answers {} where a relay would open a websocket; check the address",
                    status.as_u16()
                )),
            }
        }
        Error::Capacity(_) => RelayFault::Refused(format!("{host} sends more at once than any document has; it is no relay of ours")),
        // Cut in the middle: by the network, or by a server that was stopped.
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake | ProtocolError::HandshakeIncomplete) => {
            RelayFault::Away(format!("the connection to {host} broke"))
        }
        Error::Protocol(_) | Error::Utf8(_) | Error::HttpFormat(_) | Error::AttackAttempt => {
            RelayFault::Refused(format!("{host} breaks the rules of websockets; check the address"))
        }
        Error::Io(error) if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) => {
            certificate(host, error)
        }
        Error::Tls(_) => RelayFault::Refused(format!("{host} cannot be spoken to safely; check its certificate")),
        Error::Io(error) => RelayFault::Away(format!("{host} cannot be reached: {}", words::plain(&error.kind().to_string(), 100))),
        _ => RelayFault::Away(format!("the connection to {host} broke")),
    }
}

fn certificate(host: &str, error: &std::io::Error) -> RelayFault {
    RelayFault::Refused(format!("the certificate of {host} is not trusted: {}", words::plain(&error.to_string(), 200)))
}
