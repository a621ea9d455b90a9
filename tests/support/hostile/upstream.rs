//! Where a hostile server gets its good answers: over one kept connection to a real server, or from a canned document.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::http::{Request, push_header, read_head};

/// A complete answer, its body taken out of chunks.
#[derive(Debug)]
pub(super) struct Answer {
    status: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.status);
        for (name, value) in &self.headers {
            push_header(&mut head, name, value);
        }
        push_header(&mut head, "content-length", &self.body.len().to_string());
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// The far side of one connection.
#[derive(Debug)]
pub(super) enum Upstream {
    Real { address: SocketAddr, kept: Option<BufReader<TcpStream>> },
    Canned(Vec<u8>),
}

impl Upstream {
    pub(super) fn real(address: SocketAddr) -> Self {
        Self::Real { address, kept: None }
    }

    pub(super) fn canned(document: &Value) -> Self {
        Self::Canned(document.to_string().into_bytes())
    }

    /// The far side's answer. A kept connection may have been closed meanwhile; then a new one is tried, once.
    pub(super) fn fetch(&mut self, request: &Request) -> io::Result<Answer> {
        match self {
            Self::Canned(body) => Ok(Answer {
                status: "HTTP/1.1 200 OK".to_owned(),
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: body.clone(),
            }),
            Self::Real { address, kept } => {
                if let Some(connection) = kept
                    && let Ok(answer) = ask(connection, request, *address)
                {
                    return Ok(answer);
                }
                let stream = TcpStream::connect(*address)?;
                stream.set_nodelay(true)?;
                ask(kept.insert(BufReader::new(stream)), request, *address)
            }
        }
    }
}

fn ask(connection: &mut BufReader<TcpStream>, request: &Request, address: SocketAddr) -> io::Result<Answer> {
    let mut head = format!("{} {} HTTP/1.1\r\nhost: {address}\r\n", request.method, request.path);
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "host" && name != "connection") {
        push_header(&mut head, name, value);
    }
    head.push_str("\r\n");
    connection.get_mut().write_all(&[head.as_bytes(), &request.body].concat())?;
    let (status, mut headers) = read_head(connection)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let body = if header("transfer-encoding").is_some_and(|how| how.eq_ignore_ascii_case("chunked")) {
        read_chunks(connection)?
    } else {
        let mut body = vec![0; header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
        connection.read_exact(&mut body)?;
        body
    };
    headers.retain(|(name, _)| name != "transfer-encoding" && name != "content-length");
    Ok(Answer { status, headers, body })
}

fn read_chunks(connection: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        connection.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let start = body.len();
        body.resize(start + size + 2, 0); // with the line end
        connection.read_exact(&mut body[start..])?;
        body.truncate(start + size);
        if size == 0 {
            return Ok(body);
        }
    }
}
