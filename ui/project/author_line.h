#pragma once

#include "ui/common/elided_label.h"
#include "ui/common/job.h"
#include "ui/common/prompt_row.h"
#include "ui/services.h"

namespace tau::ui {

/// "As Ada <ada@example.org>": who will be the author of the next commit, and a way to change it.
/// What was typed once is kept for all projects.
class AuthorLine : public QWidget {
    Q_OBJECT
public:
    explicit AuthorLine(Services& services, QWidget* parent = nullptr);
    void show_project(const flow::LocalProject& project);
    /// Empty name: not known yet.
    const git::Author& author() const { return author_; }
    bool is_named() const { return !author_.name.empty(); }

Q_SIGNALS:
    void author_changed();

private:
    void ask();
    void show_author(const git::Author& author);

    Services& services_;
    git::Author author_;
    ElidedLabel* text_;
    PromptRow* prompt_;
    Job job_;
};

} // namespace tau::ui
