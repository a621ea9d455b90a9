//! A server that says byte for byte what a case tells it to say, over a real loopback socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What is done on a connection, in order.
#[derive(Debug, Clone)]
pub enum Step {
    /// These bytes at once.
    Say(Vec<u8>),
    /// These bytes as often as that.
    Repeat(Vec<u8>, usize),
    /// These bytes one by one, so far apart.
    Drip(Vec<u8>, Duration),
    /// Nothing for as long as the other side waits.
    Hang,
    /// An orderly end.
    Close,
    /// A reset.
    Reset,
}

/// Everything on one connection; `unasked` begins before the request was read.
#[derive(Debug, Clone)]
pub struct Reply {
    pub unasked: bool,
    pub steps: Vec<Step>,
}

/// A listening server; dropping it ends it.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Serves the same reply on every connection, as often as it is asked.
    pub async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&connections);
        let reply = Arc::new(reply);
        let task = tokio::spawn(async move {
            // The connections end with the server.
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                seen.fetch_add(1, Ordering::SeqCst);
                let reply = Arc::clone(&reply);
                open.spawn(async move { serve(stream, &reply).await });
            }
        });
        Self { address, connections, task }
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, reply: &Reply) -> Option<()> {
    stream.set_nodelay(true).ok();
    loop {
        if !reply.unasked {
            read_request(&mut stream).await?;
        }
        for step in &reply.steps {
            match step {
                Step::Say(bytes) => stream.write_all(bytes).await.ok()?,
                Step::Repeat(bytes, times) => {
                    for _ in 0..*times {
                        stream.write_all(bytes).await.ok()?;
                    }
                }
                Step::Drip(bytes, pause) => {
                    for byte in bytes {
                        stream.write_all(&[*byte]).await.ok()?;
                        tokio::time::sleep(*pause).await;
                    }
                }
                Step::Hang => std::future::pending::<()>().await,
                Step::Close => {
                    stream.shutdown().await.ok()?;
                    return None;
                }
                Step::Reset => {
                    stream.set_zero_linger().ok()?;
                    return None;
                }
            }
        }
        if reply.unasked {
            read_request(&mut stream).await?;
        }
    }
}

/// Reads a head and as much of a body as it announces.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let text = String::from_utf8_lossy(&head).to_lowercase();
    let length = text.split("content-length:").nth(1).and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok().map(drop)
}
