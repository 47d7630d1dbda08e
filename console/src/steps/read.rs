//! Lines from a stream, none longer than [`MAX_LINE`]: a script that sends no line feed does not fill the memory.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use zeroize::Zeroizing;

use super::MAX_LINE;

/// Reads lines.
#[derive(Debug)]
pub struct Lines<R> {
    from: R,
}

/// Why no line came.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Longer than [`MAX_LINE`].
    #[error("a line has more than {MAX_LINE} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("a line is not UTF-8")]
    NotText,
    /// The system's.
    #[error("the steps can't be read: {0}")]
    Read(#[from] std::io::Error),
}

// === impl Lines

impl<R: AsyncBufRead + Unpin> Lines<R> {
    /// Lines of this stream.
    pub fn new(from: R) -> Self {
        Self { from }
    }

    /// The next line that is not empty, without its end; `None` at the end of the stream. Not cancel-safe.
    ///
    /// # Errors
    /// [`LineError`].
    pub async fn next(&mut self) -> Result<Option<Zeroizing<String>>, LineError> {
        // A line may hold a password: it does not grow by leaving copies behind, and is wiped.
        let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE));
        loop {
            let chunk = self.from.fill_buf().await?;
            let (taken, whole) = match chunk.iter().position(|&b| b == b'\n') {
                Some(end) => (end + 1, true),
                None => (chunk.len(), chunk.is_empty()),
            };
            if line.len() + taken > MAX_LINE {
                return Err(LineError::TooLong);
            }
            line.extend_from_slice(&chunk[..taken]);
            self.from.consume(taken);
            if !whole {
                continue;
            }
            let text = std::str::from_utf8(&line).map_err(|_| LineError::NotText)?.trim();
            match (text.is_empty(), taken) {
                (false, _) => return Ok(Some(Zeroizing::new(text.to_owned()))),
                (true, 0) => return Ok(None),
                (true, _) => line.clear(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(bytes: &[u8]) -> Result<Vec<String>, LineError> {
        let mut lines = Lines::new(bytes);
        let mut out = Vec::new();
        while let Some(line) = lines.next().await? {
            out.push(line.to_string());
        }
        Ok(out)
    }

    #[tokio::test]
    async fn lines_come_without_their_ends_and_without_the_empty_ones() {
        assert_eq!(all(b"a\r\n\n  \nb\nc").await.unwrap(), ["a", "b", "c"]);
        assert!(all(b"").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn endless_and_unreadable_lines_are_refused() {
        let (fits, long) = ([b'a'; MAX_LINE], [b'a'; MAX_LINE + 1]);
        assert!(all(&fits).await.is_ok());
        assert!(matches!(all(&long).await, Err(LineError::TooLong)));
        assert!(matches!(all(b"\xff\n").await, Err(LineError::NotText)));
    }
}
