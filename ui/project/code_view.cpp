#include "ui/project/code_view.h"

#include "core/base/text.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>

namespace tau::ui {

namespace {

constexpr std::size_t largest_text = 1U << 20U;

} // namespace

CodeView::CodeView(QWidget* parent)
    : QWidget(parent), files_(new QComboBox),
      open_(make_button(tr("Open in e&ditor"), ButtonKind::quiet, QStringLiteral("file"))),
      words_(make_label({})), pages_(new QStackedWidget), editor_(new TextEditor) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, space::s, 0, 0);
    box->setSpacing(space::s);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    auto* label = new QLabel(tr("Fi&le"));
    label->setBuddy(files_);
    top->addWidget(label);
    files_->setAccessibleName(tr("File of the code"));
    files_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    top->addWidget(files_, 1);
    top->addWidget(open_);
    box->addLayout(top);
    editor_->setAccessibleName(tr("Text of the file"));
    words_->setAlignment(Qt::AlignCenter);
    set_tone(words_, Tone::muted);
    pages_->addWidget(words_);
    pages_->addWidget(editor_);
    box->addWidget(pages_, 1);
    connect(files_, &QComboBox::currentIndexChanged, this, [this] {
        if (!filling_) {
            show_file();
        }
    });
    connect(editor_, &QPlainTextEdit::textChanged, this, [this] {
        const std::string file = current_file();
        if (!filling_ && !file.empty()) {
            texts_[file] = to_utf8(editor_->text());
            Q_EMIT edited(file, texts_[file]);
        }
    });
    connect(open_, &QPushButton::clicked, this, [this] {
        const std::string file = current_file();
        Q_EMIT editor_wanted(file.empty() ? folder_ : file);
    });
}

void CodeView::show_files(const std::string& folder, const git::Files& files) {
    const std::string before = current_file();
    folder_ = folder;
    texts_.clear();
    filling_ = true;
    files_->clear();
    const std::string start = folder + "/";
    int chosen = 0;
    for (auto each = files.lower_bound(start);
         each != files.end() && each->first.starts_with(start); ++each) {
        if (!is_utf8(each->second) || each->second.size() > largest_text) {
            continue; // no text that a person would edit here
        }
        texts_.insert(*each);
        const QString name = to_qt(std::string_view(each->first).substr(start.size()));
        // What people look for first is the code, not how it is built.
        const bool is_code =
            Highlighter::language_of(name) == Highlighter::Language::code &&
            !name.startsWith(QLatin1Char('.')) && !name.endsWith(QStringLiteral(".mod")) &&
            !name.endsWith(QStringLiteral(".toml")) && !name.endsWith(QStringLiteral(".json"));
        if (each->first == before || (chosen == 0 && is_code && before.rfind(start, 0) != 0)) {
            chosen = files_->count();
        }
        files_->addItem(name, to_qt(each->first));
    }
    files_->setCurrentIndex(texts_.empty() ? -1 : chosen);
    filling_ = false;
    files_->setEnabled(!texts_.empty());
    open_->setEnabled(true);
    if (texts_.empty()) {
        words_->setText(tr("There is no code in %1 yet.").arg(to_qt(folder)));
        pages_->setCurrentWidget(words_);
    } else {
        show_file();
    }
}

void CodeView::show_words(const QString& sentence) {
    filling_ = true;
    files_->clear();
    filling_ = false;
    files_->setEnabled(false);
    open_->setEnabled(false);
    texts_.clear();
    words_->setText(sentence);
    pages_->setCurrentWidget(words_);
}

std::string CodeView::current_file() const {
    return to_utf8(files_->currentData().toString());
}

void CodeView::show_file() {
    const auto found = texts_.find(current_file());
    if (found == texts_.end()) {
        return;
    }
    filling_ = true;
    editor_->set_language(Highlighter::language_of(files_->currentText()));
    editor_->set_text(to_qt(found->second));
    filling_ = false;
    pages_->setCurrentWidget(editor_);
}

} // namespace tau::ui
