#include "ui/project/new_resource.h"

#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>

namespace tau::ui {

using project::KindId;

namespace {

constexpr int no_code = -1;

} // namespace

NewResource::NewResource(QWidget* parent)
    : QWidget(parent), kinds_(new QComboBox), applications_(new QComboBox), name_(new QLineEdit),
      templates_(new QComboBox), folder_(make_label({}, QStringLiteral("caption"))),
      create_(make_button(tr("Creat&e"), ButtonKind::primary)) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::m);
    box->addWidget(make_label(tr("New resource"), QStringLiteral("heading")));
    auto* form = new Form;
    form->add(tr("&Kind"), kinds_);
    application_field_ = form->add(tr("Appl&ication"), applications_);
    name_field_ = form->add(tr("Na&me"), name_);
    template_field_ = form->add(tr("S&tarts as"), templates_);
    box->addWidget(form);
    box->addWidget(folder_);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    auto* cancel = make_button(tr("Cancel"));
    row->addWidget(create_);
    row->addWidget(cancel);
    row->addStretch(1);
    box->addLayout(row);
    box->addStretch(1);
    for (const project::Kind& kind : project::kinds()) {
        if (kind.id != KindId::project) {
            kinds_->addItem(icon(to_qt(kind.icon), Tone::muted), to_qt(kind.label),
                            static_cast<int>(kind.id));
        }
    }
    for (const project::LanguageInfo& each : project::languages()) {
        templates_->addItem(tr("Code in %1").arg(to_qt(each.label)),
                            static_cast<int>(each.language));
        templates_->setItemData(templates_->count() - 1, to_qt(each.help), Qt::ToolTipRole);
    }
    templates_->addItem(tr("Code of a library"), no_code);
    connect(kinds_, &QComboBox::currentIndexChanged, this, [this] {
        refresh_templates();
        refresh();
    });
    connect(applications_, &QComboBox::currentIndexChanged, this, &NewResource::refresh);
    connect(name_, &QLineEdit::textChanged, this, &NewResource::refresh);
    connect(name_, &QLineEdit::returnPressed, create_, &QPushButton::click);
    connect(create_, &QPushButton::clicked, this, [this] { Q_EMIT wanted(answer()); });
    connect(cancel, &QPushButton::clicked, this, &NewResource::cancelled);
}

void NewResource::ask(const project::Store& store, KindId kind, const std::string& application) {
    store_ = &store;
    {
        const QSignalBlocker quiet(applications_);
        applications_->clear();
        applications_->addItem(tr("None (global)"), QString());
        for (const std::string& name : store.applications()) {
            applications_->addItem(to_qt(name), to_qt(name));
        }
        applications_->setCurrentIndex(std::max(0, applications_->findData(to_qt(application))));
    }
    kinds_->setCurrentIndex(kinds_->findData(static_cast<int>(kind)));
    name_->clear();
    refresh_templates();
    refresh();
}

project::NewResource NewResource::answer() const {
    project::NewResource out;
    out.kind = static_cast<KindId>(kinds_->currentData().toInt());
    if (out.kind != KindId::application) {
        out.application = to_utf8(applications_->currentData().toString());
    }
    out.name = to_utf8(name_->text().trimmed());
    const int chosen = templates_->currentData().toInt();
    out.language =
        chosen == no_code ? std::nullopt : std::optional(static_cast<project::Language>(chosen));
    return out;
}

void NewResource::refresh_templates() {
    const KindId kind = answer().kind;
    template_field_->set_visible(kind == KindId::function || kind == KindId::smartop);
}

void NewResource::refresh() {
    if (store_ == nullptr) {
        return;
    }
    const project::NewResource now = answer();
    application_field_->set_visible(now.kind != KindId::application);
    project::Resource made;
    made.kind = now.kind;
    made.application = now.kind == KindId::application ? now.name : now.application;
    made.name = now.name;
    const bool typed = !now.name.empty();
    const auto place = project::check_place(*store_, made);
    create_->setEnabled(typed && place);
    name_field_->set_issue(typed && !place ? to_qt(place.error().message) : QString());
    const std::string folder = now.language ? project::code_folder(made) : std::string();
    const QString file = to_qt(made.path());
    folder_->setText(!typed || !place ? QString()
                     : folder.empty()
                         ? tr("It will stand in %1.").arg(file)
                         : tr("It will stand in %1, its code in %2 of the code repository.")
                               .arg(file, to_qt(folder)));
}

void NewResource::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT cancelled();
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace tau::ui
