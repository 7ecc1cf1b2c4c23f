//! Where a root is: a folder of this machine, or one in a bucket.

use std::fmt;
use std::path::PathBuf;

use super::beneath::{RelativePath, UnsafePath};

/// What a place in a bucket begins with.
const SCHEME: &str = "s3://";

/// Where a root is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A folder in a bucket.
    Bucket(BucketPlace),
}

/// A folder in a bucket, `s3://NAME/folder`, or the whole of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketPlace {
    /// What the configuration calls the bucket.
    pub bucket: String,
    /// The folder in it; none for all of it.
    pub folder: Option<RelativePath>,
}

impl Place {
    /// A place as it was stored.
    pub(super) fn stored(text: &str) -> Self {
        match BucketPlace::parse(text) {
            Some(Ok(place)) => Self::Bucket(place),
            _ => Self::Folder(PathBuf::from(text)),
        }
    }
}

impl BucketPlace {
    /// A place as a person wrote it; nothing if it is none in a bucket.
    pub fn parse(text: &str) -> Option<Result<Self, UnsafePath>> {
        let text = text.strip_prefix(SCHEME)?;
        let (bucket, folder) = text.split_once('/').unwrap_or((text, ""));
        let folder = match folder.trim_end_matches('/') {
            "" => Ok(None),
            folder => RelativePath::parse(folder).map(Some),
        };
        Some(folder.map(|folder| Self {
            bucket: bucket.to_owned(),
            folder,
        }))
    }

    /// What staff call it: the last name in it.
    pub fn name(&self) -> &str {
        match &self.folder {
            Some(folder) => folder.file_name(),
            None => &self.bucket,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Bucket(place) => place.fmt(f),
        }
    }
}

impl fmt::Display for BucketPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.folder {
            Some(folder) => write!(f, "{SCHEME}{}/{folder}", self.bucket),
            None => write!(f, "{SCHEME}{}", self.bucket),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_as_it_was_stored() {
        for text in [
            "/srv/films",
            "s3://archive",
            "s3://archive/films/1950 – 1960",
        ] {
            assert_eq!(Place::stored(text).to_string(), text);
        }
        let slashes = BucketPlace::parse("s3://archive//").unwrap().unwrap();
        assert_eq!(slashes.to_string(), "s3://archive");
        assert_eq!(BucketPlace::parse("/srv/s3://x"), None);
        for bad in ["s3://archive/../x", "s3://archive//x", "s3://archive/a\nb"] {
            assert!(BucketPlace::parse(bad).unwrap().is_err(), "{bad:?}");
        }
    }
}
