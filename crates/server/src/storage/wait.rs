//! How a thread that may wait gets an answer from a bucket.

use std::io;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Does `work` in the runtime and waits for it. Blocks. The program's end is an error and not, as with
/// [`Handle::block_on`], a panic.
pub(super) fn wait_for<T, E>(
    runtime: &Handle,
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<io::Error> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    runtime.spawn(async move {
        // Nobody waits any more when the thread has ended with the program.
        let _ = tell.send(work.await);
    });
    let answer = told.blocking_recv();
    answer.unwrap_or_else(|ended| Err(io::Error::other(ended).into()))
}
