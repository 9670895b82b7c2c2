// Unpacks the tar archives that runtime/context/tar.h makes: files, folders,
// symlinks, hard links and GNU's long names. Anything else is an error.
//
// A part of the receiver (receiver.h): it uses the C library only, and no
// memory but for the folders of the archive.
#ifndef OVENBIRD_RUNTIME_KUBE_RECEIVER_TAR_UNPACKER_H_
#define OVENBIRD_RUNTIME_KUBE_RECEIVER_TAR_UNPACKER_H_

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/kube/receiver/folder_cursor.h"

namespace ovenbird::kube::receiver {

// Takes an archive piece by piece and creates its members. Never touches
// anything outside of the folder, whatever the archive contains: a path that
// has ".." or leads through a symlink is an error.
class TarUnpacker {
 public:
  // Unpacks into the folder `root`, a descriptor which must stay open, over
  // the files that exist there. `owners`: sets owners as in the archive; needs
  // root. The umask must be 0.
  TarUnpacker(int root, bool owners);
  TarUnpacker(const TarUnpacker&) = delete;
  TarUnpacker& operator=(const TarUnpacker&) = delete;
  ~TarUnpacker();

  // Takes the next bytes. Returns false on failure, see error(); no further
  // call is allowed then.
  bool Add(const char* data, size_t size);
  // Sets modes and times of folders; call it after the last byte. Returns
  // false, see error(), on failure, and if the archive has not ended.
  bool Finish();

  // Returns what has failed, with the path in the archive.
  const char* error() const { return error_; }

 private:
  static constexpr size_t kBlock = 512;

  enum class State { kHeader, kContent, kPadding, kEnd };
  struct Header;
  // A folder whose mode and time are set at the end, because what is put into
  // it needs one and changes the other.
  struct Folder {
    char* path;
    mode_t mode;
    int64_t time;
  };
  // A name that is longer than its field.
  struct LongText {
    char text[PATH_MAX];
    size_t size = 0;
    bool given = false;
  };

  bool AddHeader(const char* data, size_t size, size_t& used);
  bool AddContent(const char* data, size_t size, size_t& used);
  bool TakeHeader(const Header& header);
  bool TakeNumbers(const Header& header);
  bool TakeNames(const Header& header);
  bool StartMember(char type);
  bool StartLongText(LongText& text);
  bool MakeFolder();
  bool StartFile();
  bool MakeSymlink();
  bool MakeHardLink();
  bool SealFile();
  bool SetOwner(uid_t user, gid_t group);
  bool Remember();
  bool FinishFolder(const Folder& folder);
  // Goes to the folder of path_ and sets parent_ and name_.
  bool GoToParent(bool make);
  // Deletes what is at the path, unless it is a folder that has something.
  void Clear();
  bool Write(const char* data, size_t size);
  // Sets error(), from errno if it has one.
  bool Fail(const char* what, bool with_errno = true);

  const bool owners_;
  FolderCursor cursor_;
  State state_ = State::kHeader;
  char block_[kBlock];  // a header of which a part has come
  size_t block_size_ = 0;
  bool zero_block_ = false;  // one has come: the next one is the end

  // The member at work.
  char path_[PATH_MAX];
  size_t path_size_ = 0;
  char target_[PATH_MAX];  // of a link, as in the archive
  size_t target_size_ = 0;
  uint64_t left_ = 0;  // of its content
  size_t padding_ = 0;
  mode_t mode_ = 0;
  uid_t user_ = 0;
  gid_t group_ = 0;
  int64_t time_ = 0;
  int parent_ = -1;
  const char* name_ = path_;
  int file_ = -1;             // open while its content comes
  LongText* text_ = nullptr;  // the same
  LongText long_path_;
  LongText long_target_;

  Folder* folders_ = nullptr;
  size_t folder_count_ = 0;
  size_t folder_room_ = 0;
  char error_[PATH_MAX + 200] = "";
};

}  // namespace ovenbird::kube::receiver

#endif  // OVENBIRD_RUNTIME_KUBE_RECEIVER_TAR_UNPACKER_H_
