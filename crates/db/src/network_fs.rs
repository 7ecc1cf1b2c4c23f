//! Refuses file systems on which SQLite's write-ahead log is not safe.

use std::path::Path;

use crate::{Error, Result};

/// The file systems, by the magic number of statfs(2), that share files between machines or
/// pass them through a process: the shared memory of a write-ahead log is not coherent there.
/// FUSE is among them because the kernel can't say whether a disk or a network stands behind it.
const REFUSED: &[(u64, &str)] = &[
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB 2"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x0116_1970, "GFS2"),
    (0x7461_636F, "OCFS2"),
];

/// Checks that `folder` is on a file system of this machine.
///
/// # Errors
/// [`Error::NetworkFileSystem`] if it is not, [`Error::Unavailable`] if the folder can't be asked.
pub(crate) fn require_local(folder: &Path) -> Result<()> {
    let stat = rustix::fs::statfs(folder)
        .map_err(|error| Error::Unavailable(std::sync::Arc::new(error)))?;
    // The field's width and sign differ between architectures; the number is 32 bits everywhere.
    let magic = (stat.f_type as u64) & 0xFFFF_FFFF;
    match refused(magic) {
        Some(kind) => Err(Error::NetworkFileSystem {
            path: folder.display().to_string(),
            kind,
        }),
        None => Ok(()),
    }
}

fn refused(magic: u64) -> Option<&'static str> {
    REFUSED
        .iter()
        .find(|(number, _)| *number == magic)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_refused_and_local_ones_are_not() {
        for (magic, name) in [
            (0x6969, "NFS"),
            (0xFF53_4D42, "CIFS"),
            (0x6573_5546, "FUSE"),
            (0x0102_1997, "9P"),
        ] {
            assert_eq!(refused(magic), Some(name));
        }
        // ext4, XFS, btrfs, tmpfs, overlayfs, ZFS.
        for magic in [
            0xEF53,
            0x5846_5342,
            0x9123_683E,
            0x0102_1994,
            0x794C_7630,
            0x2FC1_2FC1,
        ] {
            assert_eq!(refused(magic), None);
        }
    }

    #[test]
    fn a_folder_that_is_missing_is_an_error_not_a_yes() {
        assert!(matches!(
            require_local(Path::new("/no/such/folder")),
            Err(Error::Unavailable(_))
        ));
    }
}
