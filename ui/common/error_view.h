#pragma once

#include "core/base/result.h"
#include "ui/common/icons.h"

#include <QFrame>
#include <QLabel>
#include <QPlainTextEdit>
#include <QToolButton>

namespace tau::ui {

/// An error in full: sentence, hint, and what the other side said, folded. All of it can be
/// selected and copied.
class ErrorView : public QFrame {
    Q_OBJECT
public:
    explicit ErrorView(QWidget* parent = nullptr);
    /// Announces it and, when asked, takes the focus to it.
    void show_error(const Error& error, bool focus = true);
    void clear();
    /// For one that stands over other work: it goes with a button, or with Esc.
    void let_close();
    const Error& error() const { return error_; }
    QString sentence() const { return message_->text(); }

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void fold(bool open);

    Error error_;
    IconLabel* mark_;
    QLabel* message_;
    QLabel* hint_;
    QToolButton* more_;
    QToolButton* copy_;
    QToolButton* close_;
    QPlainTextEdit* detail_;
};

} // namespace tau::ui
