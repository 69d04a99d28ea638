#pragma once

#include "ui/common/node_shelf.h"
#include "ui/services.h"

#include <memory>
#include <vector>

namespace tau::ui {

/// The networks that this window knows: files that were opened, read again at each start.
class Networks : public QObject {
    Q_OBJECT
public:
    struct Entry {
        std::filesystem::path file;
        std::shared_ptr<const vault::Network> network; ///< null until read, or when it fails
        std::optional<Error> error;
        std::unique_ptr<Job> job;
        QString name() const; ///< the network's, or the file's while there is none
    };

    explicit Networks(Services& services, QObject* parent = nullptr);

    /// Adds a file (or takes the one that is there), reads it and makes it the current one.
    void open(const std::filesystem::path& file);
    /// Reads the current file again: records live for days only.
    void reload();
    const std::vector<Entry>& entries() const { return entries_; }
    int current_index() const { return current_; } ///< -1: none
    const Entry* current() const;
    void set_current(int index);
    /// The current network's vault nodes.
    NodeShelf& nodes() { return nodes_; }
    /// How many they are; nullopt while nobody knows: a directory says it when it is read.
    std::optional<std::uint64_t> vault_count() const;

Q_SIGNALS:
    void changed();

private:
    void load(std::size_t index);
    void tell();
    void save() const;

    Services& services_;
    std::vector<Entry> entries_;
    int current_ = -1;
    NodeShelf nodes_;
};

} // namespace tau::ui
