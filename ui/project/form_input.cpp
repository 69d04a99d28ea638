#include "ui/project/form_input.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>

namespace tau::ui {

using project::FieldType;

namespace {

constexpr int most_names = 40; ///< in a menu
constexpr int text_lines = 3;
constexpr int pem_lines = 6;

/// As it is: QPlainTextEdit::toPlainText makes spaces of no-break spaces.
QString raw_text(const QPlainTextEdit& editor) {
    return editor.document()->toRawText().replace(QChar(QChar::ParagraphSeparator),
                                                  QLatin1Char('\n'));
}

bool has_lines(FieldType type) {
    return project::is_list(type) || type == FieldType::text || type == FieldType::pem;
}

} // namespace

FormInput::FormInput(const project::FieldRow& row, const QStringList& names, QWidget* parent)
    : QWidget(parent), row_(row) {
    auto* box = new QHBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::xs);
    if (row.type == FieldType::boolean) {
        check_ = new QCheckBox(tr("Yes"));
        connect(check_, &QCheckBox::clicked, this, [this] {
            change();
            finish();
        });
        box->addWidget(check_);
        box->addStretch(1);
    } else if (row.type == FieldType::source || !row.choices.empty()) {
        make_choice(row, names);
        box->addWidget(choice_, 1);
    } else if (has_lines(row.type)) {
        make_lines(row, names);
        box->addWidget(lines_, 1);
        if (add_ != nullptr) {
            box->addWidget(add_, 0, Qt::AlignTop);
        }
    } else {
        make_line(row);
        box->addWidget(line_, 1);
    }
    focus_widget()->setToolTip(to_qt(row.help));
    focus_widget()->installEventFilter(this);
}

void FormInput::make_choice(const project::FieldRow& row, const QStringList& names) {
    choice_ = new QComboBox;
    choice_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    choice_->setMinimumContentsLength(8);
    if (row.type == FieldType::source) {
        choice_->addItem(tr("Code of this project (.)"), QStringLiteral("."));
        for (const QString& name : names) {
            const QString value = to_qt(row.reference_prefix) + name;
            choice_->addItem(value, value);
        }
    } else {
        if (!row.required && row.type != FieldType::block) {
            choice_->addItem(row.default_value.empty()
                                 ? tr("not set")
                                 : tr("not set (%1)").arg(to_qt(row.default_value)),
                             QString());
        }
        for (const std::string_view each : row.choices) {
            choice_->addItem(to_qt(each), to_qt(each));
        }
    }
    connect(choice_, &QComboBox::activated, this, [this] {
        change();
        finish();
    });
}

void FormInput::make_lines(const project::FieldRow& row, const QStringList& names) {
    lines_ = new QPlainTextEdit;
    lines_->setTabChangesFocus(true);
    lines_->setPlaceholderText(to_qt(row.placeholder));
    if (row.type == FieldType::pem) {
        lines_->setFont(Theme::get().mono_font());
    }
    const int count = row.type == FieldType::pem ? pem_lines : text_lines;
    lines_->setFixedHeight(count * fontMetrics().lineSpacing() + 2 * space::s);
    connect(lines_, &QPlainTextEdit::textChanged, this, &FormInput::change);
    if (row.type != FieldType::references || names.isEmpty()) {
        return;
    }
    add_ = new QToolButton;
    add_->setIcon(icon(QStringLiteral("plus"), Tone::muted));
    add_->setPopupMode(QToolButton::InstantPopup);
    add_->setAccessibleName(tr("Add to %1").arg(to_qt(row.label)));
    add_->setToolTip(add_->accessibleName());
    auto* menu = new QMenu(add_);
    for (const QString& name : names.mid(0, most_names)) {
        menu->addAction(name, this, [this, name] {
            QStringList now = items();
            if (!now.contains(name)) {
                lines_->setPlainText((now << name).join(QLatin1Char('\n')));
                finish();
            }
        });
    }
    add_->setMenu(menu);
}

void FormInput::make_line(const project::FieldRow& row) {
    line_ = new QLineEdit;
    line_->setPlaceholderText(to_qt(row.placeholder));
    if (row.type == FieldType::cid) {
        line_->setFont(Theme::get().mono_font());
        line_->setReadOnly(true);
    }
    connect(line_, &QLineEdit::textEdited, this, &FormInput::change);
    connect(line_, &QLineEdit::editingFinished, this, &FormInput::finish);
}

void FormInput::change() {
    touched_ = true;
    Q_EMIT edited();
}

void FormInput::finish() {
    if (touched_) {
        touched_ = false;
        Q_EMIT finished();
    }
}

QWidget* FormInput::focus_widget() const {
    return check_ != nullptr    ? static_cast<QWidget*>(check_)
           : choice_ != nullptr ? static_cast<QWidget*>(choice_)
           : lines_ != nullptr  ? static_cast<QWidget*>(lines_)
                                : static_cast<QWidget*>(line_);
}

/// Lines that are as they were given are those items, whatever stands in them; what was typed is
/// taken without space around it, and an empty line is none.
QStringList FormInput::items() const {
    const QStringList now = typed().split(QLatin1Char('\n'));
    const qsizetype shorter = std::min(now.size(), given_.size());
    qsizetype head = 0;
    while (head < shorter && now[head] == given_[head]) {
        ++head;
    }
    qsizetype tail = 0;
    while (tail < shorter - head &&
           now[now.size() - 1 - tail] == given_[given_.size() - 1 - tail]) {
        ++tail;
    }
    const QStringList gone = given_.mid(head, given_.size() - head - tail);
    QStringList out = given_.mid(0, head);
    for (const QString& line : now.mid(head, now.size() - head - tail)) {
        if (gone.contains(line)) {
            out << line;
        } else if (!line.trimmed().isEmpty()) {
            out << line.trimmed();
        }
    }
    return out << given_.mid(given_.size() - tail);
}

QString FormInput::typed() const {
    return lines_ != nullptr ? raw_text(*lines_) : line_ != nullptr ? line_->text() : QString();
}

bool FormInput::can_show(const project::FieldValue& value) const {
    const bool one_line = line_ != nullptr || project::is_list(row_.type);
    const auto fits = [&](const std::string& text) {
        const QString shown = to_qt(text);
        return std::none_of(shown.begin(), shown.end(), [&](QChar c) {
            return c.isNull() || c == QLatin1Char('\r') || c == QChar::ParagraphSeparator ||
                   c == QChar(0xfdd0) || c == QChar(0xfdd1) || (one_line && c == QLatin1Char('\n'));
        });
    };
    return (lines_ == nullptr && line_ == nullptr) ||
           (fits(value.text) && std::all_of(value.items.begin(), value.items.end(), fits));
}

void FormInput::show_value(const project::FieldValue& value) {
    const QSignalBlocker quiet_lines(lines_);
    if (check_ != nullptr) {
        check_->setChecked(value.text == "true");
    } else if (choice_ != nullptr) {
        QString text = to_qt(value.text);
        if (row_.type == FieldType::http_method) {
            text = text.toUpper();
        }
        int at = choice_->findData(text);
        if (at < 0 && !text.isEmpty()) {
            choice_->addItem(text, text); // what is there is shown, whatever it is
            at = choice_->count() - 1;
        }
        choice_->setCurrentIndex(at);
    } else if (lines_ != nullptr && project::is_list(row_.type)) {
        QStringList wanted;
        for (const std::string& item : value.items) {
            wanted << to_qt(item);
        }
        if (items() != wanted) {
            lines_->setPlainText(wanted.join(QLatin1Char('\n')));
        }
        given_ = wanted;
    } else if (lines_ != nullptr) {
        if (typed() != to_qt(value.text)) {
            lines_->setPlainText(to_qt(value.text));
        }
    } else if (line_->text() != to_qt(value.text)) {
        line_->setText(to_qt(value.text));
        line_->setCursorPosition(0);
    }
    shown_ = typed();
    set_read_only(read_only_ || !value.readable);
}

void FormInput::read_into(project::FieldValue& value) const {
    if (check_ == nullptr && choice_ == nullptr && typed() == shown_) {
        return; // it may hold what such an input cannot show
    }
    value.items.clear();
    if (check_ != nullptr) {
        value.text = check_->isChecked() ? "true" : "false";
    } else if (choice_ != nullptr) {
        value.text = to_utf8(choice_->currentData().toString());
    } else if (lines_ != nullptr && project::is_list(row_.type)) {
        for (const QString& item : items()) {
            value.items.push_back(to_utf8(item));
        }
    } else {
        value.text = to_utf8(typed());
    }
}

void FormInput::set_read_only(bool read_only) {
    read_only_ = read_only;
    if (lines_ != nullptr) {
        lines_->setReadOnly(read_only);
    } else if (line_ != nullptr) {
        line_->setReadOnly(read_only || row_.type == FieldType::cid);
    } else {
        focus_widget()->setEnabled(!read_only);
    }
    if (add_ != nullptr) {
        add_->setEnabled(!read_only);
    }
}

bool FormInput::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore(); // goes over all that was edited, not over this input
            return true;
        }
    }
    if (event->type() == QEvent::KeyPress && lines_ != nullptr && !lines_->isReadOnly() &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::InsertLineSeparator)) {
        lines_->textCursor().insertBlock(); // a line, which Qt's separator is not
        return true;
    }
    if (event->type() == QEvent::FocusOut && lines_ != nullptr) {
        finish();
    }
    // A wheel that only scrolls the form must not change what it passes over.
    if (event->type() == QEvent::Wheel && choice_ != nullptr && !choice_->hasFocus()) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace tau::ui
