//! Moves a lane's bytes from one party to the other, unread: one task per direction.

use quinn::{ReadError, RecvStream, SendStream, VarInt, WriteError};

/// Bytes of one read. A stream's window bounds what may wait here.
const CHUNK: usize = 64 * 1024;

/// How one direction of a lane ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// Its sender said that nothing follows, and the receiver has it all.
    Finished,
    /// Either side gave it up, or a connection is gone.
    Broken,
}

/// Both halves of one direction. What is on its way when this is dropped is given up on both sides: dropping cuts.
struct Pipe {
    from: RecvStream,
    to: SendStream,
    over: bool,
}

/// Moves bytes until one side ends. Dropping the future resets both streams at once.
pub(crate) async fn pump(from: RecvStream, to: SendStream) -> End {
    let mut pipe = Pipe { from, to, over: false };
    let end = pipe.run().await;
    pipe.over = end == End::Finished;
    end
}

impl Pipe {
    async fn run(&mut self) -> End {
        loop {
            match self.from.read_chunk(CHUNK, true).await {
                Ok(Some(chunk)) => match self.to.write_chunk(chunk.bytes).await {
                    Ok(()) => {}
                    Err(WriteError::Stopped(code)) => {
                        // Fails only when the stream is gone already.
                        let _ = self.from.stop(code);
                        return End::Broken;
                    }
                    Err(_) => return End::Broken,
                },
                Ok(None) => {
                    return match self.to.finish() {
                        Ok(()) if matches!(self.to.stopped().await, Ok(None)) => End::Finished,
                        _ => End::Broken,
                    };
                }
                Err(ReadError::Reset(code)) => {
                    let _ = self.to.reset(code);
                    return End::Broken;
                }
                Err(_) => return End::Broken,
            }
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        if !self.over {
            // Both fail only when the streams are gone already.
            let _ = self.to.reset(VarInt::from_u32(0));
            let _ = self.from.stop(VarInt::from_u32(0));
        }
    }
}
