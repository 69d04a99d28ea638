#include "ui/shell/start_page.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"
#include "ui/common/unfinished_row.h"

#include <QDateTime>
#include <QHBoxLayout>

namespace tau::ui {

StartPage::StartPage(Services& services, Networks& networks, QWidget* parent)
    : QWidget(parent), services_(services), networks_(networks),
      new_(make_button(tr("&New project"), ButtonKind::primary, QStringLiteral("plus"))),
      network_(make_label({})), unfinished_(new Card), projects_(new Card) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* page = new ScrollPage(this);
    layout->addWidget(page);

    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::xs);
    words->addWidget(make_label(tr("Projects"), QStringLiteral("title")));
    set_tone(network_, Tone::muted);
    words->addWidget(network_);
    top->addLayout(words, 1);
    auto* import = make_button(tr("&Import…"), ButtonKind::plain, QStringLiteral("import"));
    auto* network = make_button(tr("Open net&work…"), ButtonKind::plain, QStringLiteral("network"));
    auto* vaults = make_button(tr("Va&ults"), ButtonKind::plain, QStringLiteral("vault"));
    top->addWidget(vaults, 0, Qt::AlignTop);
    top->addWidget(import, 0, Qt::AlignTop);
    top->addWidget(network, 0, Qt::AlignTop);
    top->addWidget(new_, 0, Qt::AlignTop);
    page->box()->addLayout(top);

    empty_ = new EmptyState(
        QStringLiteral("project"), tr("No projects yet"),
        tr("A Taubyte project is two git repositories, one for configuration and one for code. "
           "This program makes them, seals their keys to a vault node that you choose, and "
           "registers the project with it. Each step can be stopped, continued or taken back."));
    empty_action_ = empty_->add_action(tr("Ma&ke the first project"), true, QStringLiteral("plus"));
    auto* folder = empty_->add_action(tr("Open a fol&der…"), false, QStringLiteral("folder"));
    folder->setToolTip(tr("The clone of a configuration repository, to work on where it lies"));
    auto* empty_card = new Card;
    empty_card->box()->addWidget(empty_);
    page->box()->addWidget(unfinished_);
    page->box()->addWidget(projects_);
    page->box()->addWidget(empty_card);
    page->box()->addStretch(1);
    empty_card->hide();
    unfinished_->hide();
    projects_->hide();

    connect(new_, &QPushButton::clicked, this, &StartPage::new_wanted);
    connect(empty_action_, &QPushButton::clicked, this, [this] {
        if (networks_.current() == nullptr) {
            Q_EMIT network_wanted();
        } else {
            Q_EMIT new_wanted();
        }
    });
    connect(vaults, &QPushButton::clicked, this, &StartPage::vaults_wanted);
    connect(import, &QPushButton::clicked, this, &StartPage::import_wanted);
    connect(folder, &QPushButton::clicked, this, &StartPage::folder_wanted);
    connect(network, &QPushButton::clicked, this, &StartPage::network_wanted);
    connect(&networks_, &Networks::changed, this, &StartPage::show_network);
    connect(&networks_.nodes(), &NodeShelf::changed, this, &StartPage::show_network);
    show_network();
}

void StartPage::show_network() {
    const Networks::Entry* entry = networks_.current();
    set_tone(network_, entry != nullptr && entry->error ? Tone::bad : Tone::muted);
    if (entry == nullptr) {
        network_->setText(tr("No network is open. A network is a small file that names its git "
                             "host and its vaults."));
    } else if (entry->error) {
        network_->setText(to_qt(entry->error->message));
    } else if (!entry->network) {
        network_->setText(tr("Reading %1…").arg(entry->name()));
    } else {
        const auto count = networks_.vault_count();
        network_->setText(count ? tr("%1, %2").arg(entry->name(), vaults_text(*count))
                                : entry->name());
    }
    empty_action_->setText(entry == nullptr ? tr("Open a ne&twork…")
                                            : tr("Ma&ke the first project"));
    empty_action_->setIcon(
        icon_on_accent(entry == nullptr ? QStringLiteral("network") : QStringLiteral("plus")));
}

void StartPage::refresh() {
    job_.start(
        [&services = services_](std::stop_token) {
            return Lists{services.projects(), services.unfinished()};
        },
        [this](const Lists& lists) { show_lists(lists); });
}

void StartPage::show_lists(const Lists& lists) {
    if (!lists.projects) {
        Q_EMIT failed(lists.projects.error());
    }
    if (!lists.unfinished) {
        Q_EMIT failed(lists.unfinished.error());
    }
    const auto projects = lists.projects.value_or(std::vector<flow::LocalProject>());
    const auto unfinished = lists.unfinished.value_or(std::vector<flow::Unfinished>());
    show_unfinished(unfinished);
    show_projects(projects);
    const bool empty = projects.empty() && unfinished.empty();
    empty_->parentWidget()->setVisible(empty);
    new_->setVisible(!empty);
    if (isVisible() && (focusWidget() == nullptr || !focusWidget()->isVisible())) {
        first_input()->setFocus(Qt::OtherFocusReason);
    }
}

void StartPage::show_unfinished(const std::vector<flow::Unfinished>& unfinished) {
    clear_layout(unfinished_->box());
    unfinished_->setVisible(!unfinished.empty());
    unfinished_->box()->addWidget(
        make_label(unfinished.size() == 1 ? tr("1 unfinished change")
                                          : tr("%1 unfinished changes").arg(unfinished.size()),
                   QStringLiteral("heading")));
    for (const flow::Unfinished& one : unfinished) {
        auto* row = new UnfinishedRow(one);
        connect(row, &UnfinishedRow::resume_wanted, this,
                [this, id = to_qt(one.id)] { Q_EMIT resume_wanted(id, false); });
        connect(row, &UnfinishedRow::undo_wanted, this,
                [this, id = to_qt(one.id)] { Q_EMIT resume_wanted(id, true); });
        connect(row, &UnfinishedRow::forget_wanted, this, [this, id = one.id] { forget(id); });
        unfinished_->box()->addWidget(row);
    }
}

void StartPage::show_projects(const std::vector<flow::LocalProject>& projects) {
    clear_layout(projects_->box());
    projects_->box()->setContentsMargins(space::s, space::s, space::s, space::s);
    projects_->box()->setSpacing(0);
    projects_->setVisible(!projects.empty());
    const std::int64_t now = QDateTime::currentSecsSinceEpoch();
    for (const flow::LocalProject& one : projects) {
        auto* button = make_button({}, ButtonKind::row);
        auto* row = new QHBoxLayout(button);
        row->setContentsMargins(space::m, 0, space::m, 0);
        row->setSpacing(space::m);
        auto* mark = new IconLabel;
        mark->set(QStringLiteral("project"), Tone::accent);
        auto* name = make_label(to_qt(one.name), QStringLiteral("strong"));
        auto* id = make_label(one.is_registered() ? to_qt(one.project_id)
                                                  : to_qt(one.configuration.string()),
                              QStringLiteral("caption"));
        auto* made = make_label(age_text(one.created_at, now), QStringLiteral("caption"));
        for (QLabel* label : {name, id, made}) {
            label->setWordWrap(false);
            label->setTextInteractionFlags(Qt::NoTextInteraction);
            label->setAttribute(Qt::WA_TransparentForMouseEvents);
        }
        id->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        row->addWidget(mark);
        row->addWidget(name);
        row->addWidget(id, 1);
        row->addWidget(made);
        button->setMinimumHeight(space::row + space::m);
        button->setAccessibleName(tr("Open %1").arg(to_qt(one.name)));
        connect(button, &QPushButton::clicked, this,
                [this, project = one] { Q_EMIT project_wanted(project); });
        projects_->box()->addWidget(button);
    }
}

void StartPage::forget(const std::string& id) {
    job_.start([&services = services_, id](std::stop_token) { return services.forget(id); },
               [this](const Result<void>& answer) {
                   if (!answer) {
                       Q_EMIT failed(answer.error());
                   }
                   refresh();
               });
}

} // namespace tau::ui
