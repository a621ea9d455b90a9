//! A small HTTP/1.1 server on threads of its own, so that it answers on time whatever the test's runtime does, and can misbehave
//! below the level any server library allows: half an answer, none at all, a closed port.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;

use crate::Result;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// Header names (lower case) and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header, named in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Sends these bytes and keeps the connection for the next request.
    Send(Vec<u8>),
    /// Sends these bytes, maybe too few, and closes.
    Close(Vec<u8>),
    /// Says nothing until the other side gives up or the server ends.
    Hang,
}

/// An answer with its status line, its length and the given headers.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        push_header(&mut text, name, value);
    }
    text.push_str("\r\n");
    [text.as_bytes(), body].concat()
}

/// A listening server; dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
    accepting: Option<JoinHandle<()>>,
}

/// One connection's mind: a fresh one is made per connection, so that a proxy can keep its own connection to the far side.
pub type Handler = Box<dyn FnMut(&Request) -> Reply + Send>;

impl Server {
    /// Listens on `port` of the loopback interface (0: any free one).
    pub fn start(port: u16, handler: impl Fn() -> Handler + Send + Sync + 'static) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).with_context(|| format!("listen on port {port}"))?;
        let address = listener.local_addr().context("ask for the own address")?;
        let (ended, open) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (stop, connections) = (Arc::clone(&ended), Arc::clone(&open));
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                if let Ok(copy) = stream.try_clone() {
                    let mut connections = connections.lock().unwrap_or_else(PoisonError::into_inner);
                    connections.retain(|other: &TcpStream| other.peer_addr().is_ok());
                    connections.push(copy);
                }
                let (handler, stop) = (handler(), Arc::clone(&stop));
                // An error here is the other side hanging up: its business.
                std::thread::spawn(move || serve(stream, handler, &stop).ok());
            }
        });
        Ok(Self { address, ended, open, accepting: Some(accepting) })
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts every open connection, as a restarted load balancer does; new ones are served.
    pub fn cut(&self) {
        for stream in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address); // wakes the accepting thread
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        self.cut();
    }
}

fn serve(stream: TcpStream, mut handler: Handler, ended: &AtomicBool) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader)? {
        match handler(&request) {
            Reply::Send(bytes) => writer.write_all(&bytes)?,
            Reply::Close(bytes) => {
                writer.write_all(&bytes)?;
                return writer.shutdown(Shutdown::Both);
            }
            Reply::Hang => hang(&writer, ended)?,
        }
    }
    Ok(())
}

fn hang(stream: &TcpStream, ended: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut byte = [0];
    while !ended.load(Ordering::SeqCst) {
        match stream.peek(&mut byte) {
            Ok(0) => break,
            Ok(_) => std::thread::sleep(Duration::from_millis(100)),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    stream.shutdown(Shutdown::Both)
}

fn read_request(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let Some((first, headers)) = read_head(reader)? else { return Ok(None) };
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut request = Request { method, path, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body)?;
    Ok(Some(request))
}

/// Adds a header line to the head of a request or an answer.
pub(crate) fn push_header(head: &mut String, name: &str, value: &str) {
    head.extend([name, ": ", value, "\r\n"]);
}

/// The first line and the headers of a request or an answer; nothing at the end of the stream.
#[expect(clippy::type_complexity, reason = "the first line and the headers, read once and taken apart by the caller")]
pub(crate) fn read_head(reader: &mut impl BufRead) -> io::Result<Option<(String, Vec<(String, String)>)>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => return Ok(Some((first.trim_end().to_owned(), headers))),
        }
    }
}
