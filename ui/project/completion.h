#pragma once

#include "core/project/complete.h"
#include "ui/project/text_editor.h"

#include <QCompleter>
#include <QStandardItemModel>

namespace tau::ui {

/// Offers what could stand where the cursor is, in a list below it, once it is asked for
/// (Ctrl+Space). While the list is open it follows what is typed.
class Completion : public QObject {
    Q_OBJECT
public:
    using Offer = std::function<project::Completions(std::string_view text, std::size_t at)>;
    /// Belongs to the editor.
    Completion(TextEditor& editor, Offer offer);
    /// Puts the only thing that fits, or lists all that do.
    void ask();
    bool is_open() const;
    QStringList offered() const;

private:
    bool look();
    void put(const QModelIndex& index);

    TextEditor& editor_;
    Offer offer_;
    QStandardItemModel items_;
    QCompleter completer_;
    int begin_ = 0; ///< of what is typed already, in the editor's own count
    bool putting_ = false;
};

} // namespace tau::ui
