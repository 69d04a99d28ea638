#pragma once

#include <QPlainTextEdit>
#include <QSyntaxHighlighter>

#include <vector>

namespace tau::ui {

/// Colours of a text by what its parts are; no parser, only what the eye needs.
class Highlighter : public QSyntaxHighlighter {
    Q_OBJECT
public:
    enum class Language { none, yaml, code };
    explicit Highlighter(QTextDocument* document);
    void set_language(Language language);
    /// By a file's name: Go, Rust, TypeScript and shell are `code`.
    static Language language_of(const QString& file);

protected:
    void highlightBlock(const QString& text) override;

private:
    void yaml(const QString& text);
    void code(const QString& text);

    Language language_ = Language::none;
};

/// A text with line numbers, in one width. What it shows is undone by its owner, not by itself,
/// unless the owner turns that on; Tab indents, and Escape then Tab leaves it.
class TextEditor : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit TextEditor(QWidget* parent = nullptr);
    void set_language(Highlighter::Language language) { highlighter_->set_language(language); }
    /// Replaces what differs, so that cursor and scroll position stay.
    void set_text(const QString& text);
    /// What set_text got, with what was typed since: everything else is as it was, also line ends
    /// and characters that an editor shows as others, or not at all (a byte order mark).
    QString text() const;
    /// Lines and columns from 1.
    void go_to(int line, int column);
    struct Mark {
        int line = 1;
        int column = 1;
        bool bad = true; ///< else a warning
        QString sentence;
    };
    void set_marks(const std::vector<Mark>& marks);
    /// A list over the text: while it is shown, the keys that choose in it and leave it are its
    /// own.
    void set_list(const QWidget* list) { list_ = list; }

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    /// A file dropped here is for the window, not a text to be typed.
    bool canInsertFromMimeData(const QMimeData* source) const override;

private:
    class Numbers;
    void adopt_theme();
    void paint_numbers(QPaintEvent* event);
    int numbers_width() const;

    Highlighter* highlighter_;
    QWidget* numbers_;
    QString source_; ///< what set_text got, without mark_
    QString mark_;   ///< a byte order mark, or nothing
    std::vector<Mark> marks_;
    bool leaving_ = false;
    const QWidget* list_ = nullptr;
};

} // namespace tau::ui
