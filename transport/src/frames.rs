//! Messages over one QUIC stream: reads exactly one frame's bytes at a time, never more than its kind may have.

use aval_protocol::wire::{self, HEADER, Wire, WireError};
use quinn::{ReadExactError, RecvStream, SendStream, VarInt, WriteError};

/// The sending half of a stream.
#[derive(Debug)]
pub struct FrameWriter(SendStream);

/// The receiving half of a stream.
#[derive(Debug)]
pub struct FrameReader(RecvStream);

/// Why no message came or went.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The peer finished the stream between two messages.
    #[error("the stream ended")]
    Ended,
    /// The peer sent what is no message.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The stream or its connection failed.
    #[error("the line failed: {0}")]
    Line(String),
}

// === impl FrameWriter

impl FrameWriter {
    /// Frames over this stream.
    pub fn new(stream: SendStream) -> Self {
        Self(stream)
    }

    /// Writes one message.
    ///
    /// # Errors
    /// [`FrameError::Wire`] when it exceeds its limit, [`FrameError::Line`] when the stream is gone.
    pub async fn write<M: Wire>(&mut self, message: &M) -> Result<(), FrameError> {
        let frame = wire::encode(message)?;
        self.0.write_all(&frame).await.map_err(|e: WriteError| FrameError::Line(e.to_string()))
    }

    /// Says that nothing follows.
    pub fn finish(&mut self) {
        // Fails only when finished or reset already, which is as wanted.
        let _ = self.0.finish();
    }

    /// Says that nothing follows and waits until the peer has it all (or is gone).
    pub async fn finish_and_wait(mut self) {
        self.finish();
        let _ = self.0.stopped().await;
    }

    /// Gives the stream up at once.
    pub fn reset(&mut self) {
        let _ = self.0.reset(VarInt::from_u32(0));
    }

    /// The bare stream.
    pub fn into_inner(self) -> SendStream {
        self.0
    }
}

// === impl FrameReader

impl FrameReader {
    /// Frames of this stream.
    pub fn new(stream: RecvStream) -> Self {
        Self(stream)
    }

    /// Reads one message. Not cancel-safe: a read given up half way loses the stream.
    ///
    /// # Errors
    /// Any [`FrameError`]; the stream is of no use afterwards.
    pub async fn read<M: Wire>(&mut self) -> Result<M, FrameError> {
        self.read_within(M::LIMIT).await
    }

    /// The same, of at most `most` bytes where that is less than its kind may have.
    ///
    /// # Errors
    /// Any [`FrameError`]; the stream is of no use afterwards.
    pub async fn read_within<M: Wire>(&mut self, most: usize) -> Result<M, FrameError> {
        let mut header = [0; HEADER];
        match self.0.read_exact(&mut header).await {
            Ok(()) => {}
            Err(ReadExactError::FinishedEarly(0)) => return Err(FrameError::Ended),
            Err(e) => return Err(FrameError::Line(e.to_string())),
        }
        let mut content = vec![0; wire::content_length(header, M::LIMIT.min(most))?];
        self.0.read_exact(&mut content).await.map_err(|e| FrameError::Line(e.to_string()))?;
        Ok(wire::decode_content(&content)?)
    }

    /// The bare stream.
    pub fn into_inner(self) -> RecvStream {
        self.0
    }
}
