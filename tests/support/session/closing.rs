//! Closing a window as its close button does. There is no window manager to have one, so the bench sends the display the message
//! that a button would: a few bytes of the X protocol, because no tool of the distribution sends it without a window manager.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::Session;
use crate::{Result, wait};

impl Session {
    /// The visible windows of that class (part of it is enough).
    pub async fn windows(&self, class: &str) -> Result<Vec<u32>> {
        // It ends with an error when there are none.
        let found = self.run("xdotool", &["search", "--onlyvisible", "--class", class]).await.unwrap_or_default();
        found.lines().map(|line| line.trim().parse().context("the number of a window")).collect()
    }

    /// Waits until that many windows of the class are visible.
    pub async fn shows_windows(&self, class: &str, count: usize) -> Result {
        wait::until(format!("{count} windows of class {class}"), wait::PATIENCE, async || {
            Ok((self.windows(class).await?.len() == count).then_some(()))
        })
        .await
    }

    /// Closes the windows of that class as their close buttons would, each asked once, and waits until they are gone.
    pub async fn close_windows(&self, class: &str) -> Result {
        for window in self.windows(class).await? {
            ask_to_close(&self.display, window)?;
        }
        self.shows_windows(class, 0).await
    }
}

fn ask_to_close(display: &str, window: u32) -> Result {
    let mut screen = UnixStream::connect(format!("/tmp/.X11-unix/X{}", display.trim_start_matches(':')))?;
    screen.set_read_timeout(Some(Duration::from_secs(20)))?;
    // Little-endian, protocol 11.0, no authorisation.
    screen.write_all(&[b'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
    let mut head = [0; 8];
    screen.read_exact(&mut head)?;
    ensure!(head[0] == 1, "the display refuses us");
    let mut rest = vec![0; usize::from(u16::from_le_bytes([head[6], head[7]])) * 4];
    screen.read_exact(&mut rest)?;

    let (protocols, delete) = (atom(&mut screen, "WM_PROTOCOLS")?, atom(&mut screen, "WM_DELETE_WINDOW")?);
    let mut message = vec![25, 0, 11, 0]; // SendEvent, eleven words
    for word in [window, 0, u32::from_le_bytes([33, 32, 0, 0]), window, protocols, delete, 0, 0, 0, 0] {
        message.extend(word.to_le_bytes()); // to whom, no mask, then the client message
    }
    screen.write_all(&message)?;
    // An answer to what comes after it means that it was taken.
    atom(&mut screen, "WM_PROTOCOLS").map(drop)
}

fn atom(screen: &mut UnixStream, name: &str) -> Result<u32> {
    let padded = name.len().next_multiple_of(4);
    let mut request = vec![16, 0];
    request.extend((2 + padded as u16 / 4).to_le_bytes());
    request.extend((name.len() as u16).to_le_bytes());
    request.extend([0, 0]);
    request.extend(name.as_bytes());
    request.resize(8 + padded, 0);
    screen.write_all(&request)?;
    let mut reply = [0; 32];
    screen.read_exact(&mut reply)?;
    ensure!(reply[0] == 1, "the display answers with an error");
    Ok(u32::from_le_bytes([reply[8], reply[9], reply[10], reply[11]]))
}
