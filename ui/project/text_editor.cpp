#include "ui/project/text_editor.h"

#include "ui/common/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QRegularExpression>
#include <QTextBlock>
#include <QToolTip>

#include <algorithm>

namespace tau::ui {

namespace {

constexpr int tab_spaces = 4;

QTextCharFormat colored(Tone tone) {
    QTextCharFormat out;
    out.setForeground(Theme::get().color(tone));
    return out;
}

/// As an editor has it: one kind of line end, which two more characters are to Qt.
QString shown(QString text) {
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    text.replace(QLatin1Char('\r'), QLatin1Char('\n'));
    text.replace(QChar(0xfdd0), QLatin1Char('\n'));
    text.replace(QChar(0xfdd1), QLatin1Char('\n'));
    return text.replace(QChar(QChar::ParagraphSeparator), QLatin1Char('\n'));
}

/// Lengths of what two texts have in common at the beginning and at the end.
std::pair<qsizetype, qsizetype> common(const QString& a, const QString& b) {
    const qsizetype shorter = std::min(a.size(), b.size());
    qsizetype head = 0;
    while (head < shorter && a[head] == b[head]) {
        ++head;
    }
    qsizetype tail = 0;
    while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
        ++tail;
    }
    return {head, tail};
}

/// Where a place of shown(source) is in the source.
qsizetype source_place(const QString& source, qsizetype place) {
    qsizetype at = 0;
    for (; place > 0; --place) {
        const bool two = source[at] == QLatin1Char('\r') && at + 1 < source.size() &&
                         source[at + 1] == QLatin1Char('\n');
        at += two ? 2 : 1;
    }
    return at;
}

} // namespace

Highlighter::Highlighter(QTextDocument* document) : QSyntaxHighlighter(document) {}

void Highlighter::set_language(Language language) {
    if (language_ != language) {
        language_ = language;
        rehighlight();
    }
}

Highlighter::Language Highlighter::language_of(const QString& file) {
    static const QRegularExpression code(
        QStringLiteral("\\.(go|rs|ts|js|zig|c|h|sh|toml|json|mod)$"));
    if (file.endsWith(QStringLiteral(".yaml")) || file.endsWith(QStringLiteral(".yml"))) {
        return Language::yaml;
    }
    return code.match(file).hasMatch() ? Language::code : Language::none;
}

void Highlighter::highlightBlock(const QString& text) {
    if (language_ == Language::yaml) {
        yaml(text);
    } else if (language_ == Language::code) {
        code(text);
    }
}

void Highlighter::yaml(const QString& text) {
    static const QRegularExpression key(
        QStringLiteral("^\\s*(?:- +)*([^\\s#'\"&*!{\\[][^:#]*|'[^']*'|\"[^\"]*\")(?=:(?:\\s|$))"));
    static const QRegularExpression mark(QStringLiteral("^\\s*(-)(?=\\s|$)"));
    static const QRegularExpression quoted(
        QStringLiteral("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^']|'')*'"));
    static const QRegularExpression plain(QStringLiteral(
        "(?<=[\\s:,\\[])(true|false|null|~|-?\\d+(?:\\.\\d+)?)(?=\\s*(?:$|[,\\]}#]))"));
    static const QRegularExpression comment(QStringLiteral("(^|\\s)#.*$"));
    const auto all = [&](const QRegularExpression& what, int group, const QTextCharFormat& as) {
        for (auto match = what.globalMatch(text); match.hasNext();) {
            const auto found = match.next();
            setFormat(static_cast<int>(found.capturedStart(group)),
                      static_cast<int>(found.capturedLength(group)), as);
        }
    };
    all(plain, 1, colored(Tone::warn));
    all(quoted, 0, colored(Tone::good));
    all(mark, 1, colored(Tone::muted));
    all(key, 1, colored(Tone::accent));
    for (auto match = comment.globalMatch(text); match.hasNext();) {
        const auto found = match.next();
        // Not the # inside of quotes.
        const auto before = QStringView(text).left(found.capturedStart());
        if (before.count(QLatin1Char('"')) % 2 == 0 && before.count(QLatin1Char('\'')) % 2 == 0) {
            setFormat(static_cast<int>(found.capturedStart()),
                      static_cast<int>(found.capturedLength()), colored(Tone::muted));
            break;
        }
    }
}

void Highlighter::code(const QString& text) {
    static const QRegularExpression word(QStringLiteral(
        "\\b(package|import|func|return|if|else|for|range|var|const|type|struct|interface|switch|"
        "case|default|defer|go|map|fn|let|mut|pub|use|mod|impl|match|extern|crate|as|export|"
        "function|from|class|new|while|do|done|then|fi|true|false|nil|null)\\b"));
    static const QRegularExpression number(QStringLiteral("\\b\\d[\\d_.xa-fA-F]*\\b"));
    static const QRegularExpression rest(
        QStringLiteral("(//.*$|(?:^|\\s)#(?!\\[).*$|/\\*.*?(?:\\*/"
                       "|$))|(\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|'(?:[^'\\\\]|\\\\.)+')"));
    const auto all = [&](const QRegularExpression& what, const QTextCharFormat& as) {
        for (auto match = what.globalMatch(text); match.hasNext();) {
            const auto found = match.next();
            setFormat(static_cast<int>(found.capturedStart()),
                      static_cast<int>(found.capturedLength()), as);
        }
    };
    all(number, colored(Tone::warn));
    all(word, colored(Tone::accent));
    for (auto match = rest.globalMatch(text); match.hasNext();) {
        const auto found = match.next();
        setFormat(static_cast<int>(found.capturedStart()), static_cast<int>(found.capturedLength()),
                  colored(found.capturedLength(1) > 0 ? Tone::muted : Tone::good));
    }
}

/// The strip at the left edge.
class TextEditor::Numbers : public QWidget {
public:
    explicit Numbers(TextEditor* editor) : QWidget(editor), editor_(editor) {}

protected:
    void paintEvent(QPaintEvent* event) override { editor_->paint_numbers(event); }

private:
    TextEditor* editor_;
};

TextEditor::TextEditor(QWidget* parent)
    : QPlainTextEdit(parent), highlighter_(new Highlighter(document())),
      numbers_(new Numbers(this)) {
    setUndoRedoEnabled(false);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setAccessibleDescription(tr("Tab indents. Press Escape, then Tab, to leave."));
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
        if (dy != 0) {
            numbers_->scroll(0, dy);
        } else {
            numbers_->update(0, rect.y(), numbers_->width(), rect.height());
        }
    });
    connect(this, &QPlainTextEdit::blockCountChanged, this,
            [this] { setViewportMargins(numbers_width(), 0, 0, 0); });
    connect(&Theme::get(), &Theme::changed, this, &TextEditor::adopt_theme);
    adopt_theme();
}

void TextEditor::adopt_theme() {
    setFont(Theme::get().mono_font());
    // A font that the stylesheet does not override.
    document()->setDefaultFont(Theme::get().mono_font());
    setTabStopDistance(tab_spaces * QFontMetricsF(font()).horizontalAdvance(QLatin1Char(' ')));
    setViewportMargins(numbers_width(), 0, 0, 0);
    highlighter_->rehighlight();
    set_marks(std::vector<Mark>(marks_));
    numbers_->update();
}

int TextEditor::numbers_width() const {
    const auto digits = QString::number(std::max(99, blockCount())).size();
    return space::s + fontMetrics().horizontalAdvance(QLatin1Char('9')) * static_cast<int>(digits);
}

bool TextEditor::canInsertFromMimeData(const QMimeData* source) const {
    return !source->hasUrls() && QPlainTextEdit::canInsertFromMimeData(source);
}

void TextEditor::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    const QRect inside = contentsRect();
    numbers_->setGeometry(inside.left(), inside.top(), numbers_width(), inside.height());
}

void TextEditor::paint_numbers(QPaintEvent* event) {
    QPainter painter(numbers_);
    painter.setFont(font());
    const QColor quiet = Theme::get().color(Tone::muted);
    QTextBlock block = firstVisibleBlock();
    QRectF place = blockBoundingGeometry(block).translated(contentOffset());
    for (; block.isValid() && place.top() <= event->rect().bottom(); block = block.next()) {
        place = blockBoundingGeometry(block).translated(contentOffset());
        const int line = block.blockNumber() + 1;
        const auto marked = std::find_if(marks_.begin(), marks_.end(),
                                         [&](const Mark& mark) { return mark.line == line; });
        painter.setPen(marked == marks_.end()
                           ? quiet
                           : Theme::get().color(marked->bad ? Tone::bad : Tone::warn));
        painter.drawText(QRectF(0, place.top(), numbers_->width() - space::xs, place.height()),
                         Qt::AlignRight | Qt::AlignTop, QString::number(line));
    }
}

void TextEditor::set_text(const QString& text) {
    // Apart from what is shown: it has no place among the columns, and is not there to be deleted.
    mark_ = text.left(text.startsWith(QChar(QChar::ByteOrderMark)) ? 1 : 0);
    source_ = text.mid(mark_.size());
    const QString now = shown(document()->toRawText());
    const QString wanted = shown(source_);
    const auto [head, tail] = common(now, wanted);
    if (head + tail == now.size() && now.size() == wanted.size()) {
        return;
    }
    QTextCursor cursor(document());
    cursor.setPosition(static_cast<int>(head));
    cursor.setPosition(static_cast<int>(now.size() - tail), QTextCursor::KeepAnchor);
    cursor.insertText(wanted.mid(head, wanted.size() - tail - head));
}

QString TextEditor::text() const {
    const QString before = shown(source_);
    const QString now = shown(document()->toRawText());
    const auto [head, tail] = common(before, now);
    if (head + tail == before.size() && before.size() == now.size()) {
        return mark_ + source_;
    }
    QString middle = now.mid(head, now.size() - tail - head);
    if (source_.contains(QStringLiteral("\r\n"))) {
        middle.replace(QLatin1Char('\n'), QStringLiteral("\r\n"));
    }
    const qsizetype from = source_place(source_, head);
    const qsizetype to = source_place(source_, before.size() - tail);
    return mark_ + source_.left(from) + middle + source_.mid(to);
}

void TextEditor::go_to(int line, int column) {
    const QTextBlock block =
        document()->findBlockByNumber(std::clamp(line, 1, std::max(1, blockCount())) - 1);
    QTextCursor cursor(block);
    // Columns count characters; the text counts halves of those beyond 16 bits as one each.
    const QString text = block.text();
    int at = 0;
    for (int i = 1; i < column && at < text.size(); ++i) {
        at += text.at(at).isHighSurrogate() ? 2 : 1;
    }
    cursor.setPosition(block.position() + std::min(at, static_cast<int>(text.size())));
    setTextCursor(cursor);
    centerCursor();
}

void TextEditor::set_marks(const std::vector<Mark>& marks) {
    marks_ = marks;
    QList<QTextEdit::ExtraSelection> selections;
    for (const Mark& mark : marks_) {
        QTextEdit::ExtraSelection line;
        const Tokens& tokens = Theme::get().tokens();
        line.format.setBackground(mix(tokens.surface, mark.bad ? tokens.bad : tokens.warn, 0.1));
        line.format.setProperty(QTextFormat::FullWidthSelection, true);
        line.cursor = QTextCursor(document()->findBlockByNumber(mark.line - 1));
        selections << line;
    }
    setExtraSelections(selections);
    numbers_->update();
}

bool TextEditor::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && !isUndoRedoEnabled()) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore(); // the owner's
            return false;
        }
    }
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int line =
            cursorForPosition(viewport()->mapFromGlobal(help->globalPos())).blockNumber() + 1;
        const auto marked = std::find_if(marks_.begin(), marks_.end(),
                                         [&](const Mark& mark) { return mark.line == line; });
        QToolTip::showText(help->globalPos(), marked == marks_.end() ? QString() : marked->sentence,
                           this);
        return true;
    }
    return QPlainTextEdit::event(event);
}

void TextEditor::keyPressEvent(QKeyEvent* event) {
    const int pressed = event->key();
    if (list_ != nullptr && list_->isVisible() &&
        (pressed == Qt::Key_Return || pressed == Qt::Key_Enter || pressed == Qt::Key_Tab ||
         pressed == Qt::Key_Backtab || pressed == Qt::Key_Escape)) {
        event->ignore();
        return;
    }
    const bool leave = leaving_;
    leaving_ = event->key() == Qt::Key_Escape;
    if (event->matches(QKeySequence::InsertLineSeparator) && !isReadOnly()) {
        textCursor().insertBlock(); // a line of the file, which Qt's separator is not
    } else if (event->key() == Qt::Key_Backtab) {
        QWidget::focusNextPrevChild(false); // the editor's own keeps Tab for itself
    } else if (event->key() == Qt::Key_Tab && (leave || isReadOnly())) {
        QWidget::focusNextPrevChild(true);
    } else if (event->key() == Qt::Key_Tab) {
        const int column = textCursor().positionInBlock();
        textCursor().insertText(QString(tab_spaces - column % tab_spaces, QLatin1Char(' ')));
    } else {
        QPlainTextEdit::keyPressEvent(event);
    }
}

} // namespace tau::ui
