#pragma once

#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>

#include <functional>

namespace tau::ui {

/// One question inside a page, instead of a dialog: a label, a line to type, OK and Cancel (Esc).
class PromptRow : public QFrame {
    Q_OBJECT
public:
    explicit PromptRow(QWidget* parent = nullptr);
    /// Shows it and takes the focus. `answer` gets what was typed, never empty; the row stays until
    /// close_prompt, so that a refused answer can be mended.
    void ask(const QString& label, const QString& placeholder, const QString& button,
             std::function<void(const QString&)> answer);
    /// A sentence beside the field: what is wrong with the answer, or that it is being looked at.
    void set_note(const QString& sentence, bool problem);
    void close_prompt();
    QLineEdit* edit() const { return edit_; }

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void accept();

    QLabel* label_;
    QLineEdit* edit_;
    QPushButton* accept_;
    QLabel* note_;
    QPointer<QWidget> before_; ///< had the focus
    std::function<void(const QString&)> answer_;
};

} // namespace tau::ui
